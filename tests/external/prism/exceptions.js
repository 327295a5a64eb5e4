'use strict';

// Violations that are known and let pass, each with a reason. One that matches nothing is reported.

const fs = require('node:fs');

const MEMBERS = ['set', 'service', 'operation', 'direction', 'place', 'message', 'reason'];

/** Reads a list of exceptions; in operation, place and message `*` stands for anything. */
function read(file) {
  const list = JSON.parse(fs.readFileSync(file, 'utf8'));
  return list.map((entry, index) => {
    const unknown = Object.keys(entry).find(member => !MEMBERS.includes(member));
    if (unknown) throw new Error(`${file}: exception ${index + 1} has a member "${unknown}"; there are ${MEMBERS.join(', ')}`);
    if (!entry.reason) throw new Error(`${file}: exception ${index + 1} gives no reason`);
    return { ...entry, count: 0 };
  });
}

/** The exception that a violation falls under; it is counted. */
function find(exceptions, violation) {
  const found = exceptions.find(entry =>
    MEMBERS.slice(0, -1).every(member => entry[member] === undefined || fits(entry[member], violation[member])),
  );
  if (found) found.count += 1;
  return found;
}

function fits(pattern, text) {
  const literal = pattern.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(text);
}

module.exports = { read, find };
