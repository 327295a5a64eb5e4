'use strict';

// Runs programs whose emulators are reached through a front, and judges all that passes it.
//
//   node main.js --specs DIR [--reference DIR] [--exceptions FILE] -- COMMAND [ARGUMENT...] [-- COMMAND...]...

const { spawn } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const documents = require('./documents');
const exceptions = require('./exceptions');
const front = require('./front');
const { judge } = require('./judge');
const { Report } = require('./report');

const USAGE = 'usage: node main.js --specs DIR [--reference DIR] [--exceptions FILE] -- COMMAND [ARGUMENT...] [-- COMMAND...]...';

// The emulator's own address, and tokens, which are the identity service's business.
const NOT_JUDGED = /^\/(__emulator|ims)\//;

async function main() {
  const [own, ...commands] = split(process.argv.slice(2));
  const { values } = parseArgs({
    args: own,
    options: { specs: { type: 'string' }, reference: { type: 'string' }, exceptions: { type: 'string' } },
  });
  if (!values.specs || commands.length === 0) {
    console.error(USAGE);
    return 2;
  }
  const reference = values.reference || process.env.AEP_UPSTREAM;
  const sets = new Map([['own', await documents.own(values.specs)]]);
  if (reference) sets.set('reference', await documents.reference(reference, sets.get('own')));
  const report = new Report(exceptions.read(values.exceptions || path.join(__dirname, 'exceptions.json')));

  // What passed is judged in the end, so that nobody has to wait for it.
  const exchanges = [];
  const { address, stop } = await front.start(exchange => exchanges.push(exchange));
  let failed = false;
  for (const command of commands) {
    console.log(`-- ${command.join(' ')}`);
    const code = await run(command, address);
    if (code !== 0) {
      console.log(`error: \`${command.join(' ')}\` ended with ${code} behind the front`);
      failed = true;
    }
  }
  stop();
  for (const exchange of exchanges) await look(sets, report, exchange);
  return report.print() && !failed ? 0 : 1;
}

async function look(sets, report, exchange) {
  if (NOT_JUDGED.test(exchange.target)) return report.skip();
  // What an operation is called where one set of documents has it; our own come first.
  let known = { service: '-', operation: `${exchange.method} ${exchange.target.split('?')[0]}` };
  for (const [set, groups] of sets) {
    const missing = { direction: 'request', place: 'path', message: 'no document covers this' };
    const finding = (await judge(groups, exchange)) || { ...known, violations: [missing] };
    if (known.service === '-') known = { service: finding.service, operation: finding.operation };
    report.add(set, finding, exchange);
  }
}

function run([program, ...rest], address) {
  const env = { ...process.env, AEP_EMULATOR_FRONT: address };
  return new Promise(resolve => {
    const child = spawn(program, rest, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', error => resolve(`${error}`));
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** Arguments, cut at each `--`. */
function split(all) {
  const parts = [[]];
  for (const argument of all) {
    if (argument === '--') parts.push([]);
    else parts.at(-1).push(argument);
  }
  return parts;
}

main().then(
  code => (process.exitCode = code),
  error => {
    console.error(`error: ${error.stack || error}`);
    process.exitCode = 1;
  },
);
