'use strict';

// Stands between clients and emulators, and hands on what passes, byte for byte.
//
// An emulator that was told of a front connects to it, writes the address where it listens, and reads the URL to give out
// in its place. Each gets a port of its own here, until it closes the connection.

const http = require('node:http');
const net = require('node:net');
const readline = require('node:readline');

/** Starts a front; `seen` is called with each exchange. Gives its address, and a function that ends it. */
async function start(seen) {
  const open = new Set();
  const control = net.createServer(line => {
    readline.createInterface({ input: line }).once('line', async address => {
      const server = proxy(address.trim(), seen);
      open.add(server);
      line.once('close', () => close(server));
      const port = await listen(server);
      line.write(`http://127.0.0.1:${port}\n`);
    });
    line.on('error', () => {});
  });
  const close = server => {
    open.delete(server);
    server.close();
    server.closeIdleConnections();
  };
  const port = await listen(control);
  return {
    address: `127.0.0.1:${port}`,
    stop() {
      control.close();
      [...open].forEach(close);
    },
  };
}

async function listen(server) {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

function proxy(address, seen) {
  const [host, port] = address.split(':');
  return http.createServer(async (request, response) => {
    const started = Buffer.concat(await all(request));
    const options = { host, port, method: request.method, path: request.url, agent: false };
    const onward = http.request({ ...options, headers: withLength(request.rawHeaders, started.length) });
    onward.on('response', answer => {
      const chunks = [];
      const told = complete =>
        seen({
          method: request.method,
          target: request.url,
          requestHeaders: { ...request.headers, ...length(started) },
          requestBody: started,
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(chunks),
          complete,
        });
      response.writeHead(answer.statusCode, answer.statusMessage, hopless(answer.rawHeaders));
      answer.on('data', chunk => {
        chunks.push(chunk);
        response.write(chunk);
      });
      answer.on('end', () => {
        response.end();
        told(true);
      });
      // The emulator breaks connections off where a test asks for it: so do we.
      answer.on('error', () => {
        response.destroy();
        told(false);
      });
    });
    onward.on('error', () => response.destroy());
    // A client that has given up takes no answer.
    response.on('close', () => onward.destroy());
    onward.end(started);
  });
}

async function all(stream) {
  const chunks = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch {
    // The client broke off; what it says further on is nobody's.
  }
  return chunks;
}

const length = body => (body.length === 0 ? {} : { 'content-length': String(body.length) });

/** Raw headers without those of the connection; the body is sent in one piece, so its length is known. */
function withLength(raw, bytes) {
  const kept = hopless(raw);
  const named = kept.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length');
  return named || bytes === 0 ? pairs(kept) : { ...pairs(kept), 'content-length': bytes };
}

function hopless(raw) {
  const kept = [];
  for (let index = 0; index < raw.length; index += 2) {
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(raw[index])) kept.push(raw[index], raw[index + 1]);
  }
  return kept;
}

function pairs(raw) {
  const headers = {};
  for (let index = 0; index < raw.length; index += 2) headers[raw[index]] = raw[index + 1];
  return headers;
}

module.exports = { start };
