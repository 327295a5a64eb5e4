'use strict';

// Whether the judge sees what is wrong, by a small document.

const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const documents = require('../documents');
const exceptions = require('../exceptions');
const front = require('../front');
const { judge } = require('../judge');

const DOCUMENT = `
openapi: 3.0.3
info: {title: Shops, version: '1'}
servers: [{url: 'https://platform.invalid/data/shops'}]
paths:
  /shops/{id}:
    get:
      operationId: getShop
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        '200': {description: A shop., content: {application/json: {schema: {$ref: '#/components/schemas/Shop'}, example: {$ref: 'https://nowhere.invalid/shop'}}}}
    patch:
      operationId: patchShop
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json: {schema: {type: object}}
          application/json-patch+json: {schema: {type: array, items: {type: object}}}
      responses:
        '204': {description: Done.}
  /files/{name}:
    put:
      operationId: putFile
      parameters: [{$ref: '#/components/parameters/Name'}]
      responses:
        '200': {description: Done.}
  /messages/{id}:
    post:
      operationId: sendMessage
      requestBody: {content: {application/json: {schema: {type: object, required: [header]}}}}
      responses:
        '200': {description: Done.}
  /messages/{id}#raw:
    post:
      operationId: sendRawMessage
      requestBody: {content: {application/json: {schema: {type: object, required: [plain]}}}}
      responses:
        '200': {description: Done.}
components:
  parameters:
    Name: {name: name, in: path, required: true, x-multi-segment: true, schema: {type: string}}
  schemas:
    Shop: {type: object, required: [id], properties: {id: {type: string}, open: {type: boolean}}}
`;

async function shops() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'judge-'));
  fs.mkdirSync(path.join(folder, 'shops'));
  fs.writeFileSync(path.join(folder, 'shops', 'openapi.yaml'), DOCUMENT);
  const groups = await documents.own(folder);
  fs.rmSync(folder, { recursive: true });
  return groups;
}

function exchange(method, target, { sent, type = 'application/json', status = 200, answer } = {}) {
  const body = Buffer.from(sent === undefined ? '' : JSON.stringify(sent));
  const requestHeaders = body.length === 0 ? {} : { 'content-type': type, 'content-length': String(body.length) };
  const answered = Buffer.from(answer === undefined ? '' : JSON.stringify(answer));
  const headers = answered.length === 0 ? {} : { 'content-type': 'application/json' };
  return { method, target: `/data/shops${target}`, requestHeaders, requestBody: body, status, headers, body: answered, complete: true };
}

const messages = finding => finding.violations.map(({ direction, place, message }) => `${direction} ${place}: ${message}`);

test('an exchange that fits is let pass', async () => {
  const finding = await judge(await shops(), exchange('GET', '/shops/1?limit=5', { answer: { id: '1', more: [] } }));
  assert.deepStrictEqual({ ...finding }, { service: 'shops', operation: 'getShop', violations: [] });
});

test('wrong parameters and answers are told with their places', async () => {
  const found = await judge(await shops(), exchange('GET', '/shops/1?limit=many', { answer: { open: 'yes' } }));
  assert.deepStrictEqual(messages(found), [
    'request query.limit: Request query parameter limit must be integer',
    "answer body: Response body must have required property 'id'",
    'answer body.open: Response body property open must be boolean',
  ]);
  const status = await judge(await shops(), exchange('GET', '/shops/1', { status: 201, answer: { id: '1' } }));
  assert.match(messages(status)[0], /Unable to match the returned status code/);
});

test('bodies are judged by their own media type', async () => {
  const patch = { sent: [{}], type: 'application/json-patch+json', status: 204 };
  assert.deepStrictEqual(messages(await judge(await shops(), exchange('PATCH', '/shops/1', patch))), []);
  const merge = { sent: [{}], status: 204 };
  assert.deepStrictEqual(messages(await judge(await shops(), exchange('PATCH', '/shops/1', merge))), ['request body: Request body must be object']);
});

test('a value with slashes is one value, and a request need fit one of two meanings', async () => {
  const groups = await shops();
  assert.strictEqual((await judge(groups, exchange('PUT', '/files/day=1/part.json'))).operation, 'putFile');
  assert.strictEqual((await judge(groups, exchange('POST', '/messages/1', { sent: { header: 1 } }))).operation, 'sendMessage');
  assert.strictEqual((await judge(groups, exchange('POST', '/messages/1', { sent: { plain: 1 } }))).operation, 'sendRawMessage');
  assert.notDeepStrictEqual(messages(await judge(groups, exchange('POST', '/messages/1', { sent: {} }))), []);
});

test('what no document covers is told apart', async () => {
  const groups = await shops();
  assert.strictEqual(await judge(groups, exchange('DELETE', '/shops/1')), undefined);
  assert.strictEqual(await judge(groups, exchange('GET', '/nothing')), undefined);
});

test('exceptions have wildcards and are counted', () => {
  const known = [{ service: 'shops', message: 'Response * must be boolean', count: 0 }];
  const violation = { set: 'own', service: 'shops', operation: 'getShop', direction: 'answer', place: 'body.open' };
  assert.ok(exceptions.find(known, { ...violation, message: 'Response body property open must be boolean' }));
  assert.ok(!exceptions.find(known, { ...violation, message: 'Response body must be object' }));
  assert.strictEqual(known[0].count, 1);
});

test('the front hands on what passes, and broken answers as they are', async () => {
  const emulator = http.createServer((request, response) => {
    if (request.url === '/broken') return response.socket.destroy();
    response.writeHead(201, { 'content-type': 'text/plain', 'x-one': 'two' });
    request.pipe(response);
  });
  await new Promise(resolve => emulator.listen(0, '127.0.0.1', resolve));
  const exchanges = [];
  const { address, stop } = await front.start(seen => exchanges.push(seen));
  const line = net.connect(address.split(':')[1], '127.0.0.1');
  line.write(`127.0.0.1:${emulator.address().port}\n`);
  const url = await new Promise(resolve => line.once('data', text => resolve(`${text}`.trim())));
  const answer = await fetch(`${url}/path?a=b`, { method: 'POST', body: 'hello' });
  assert.deepStrictEqual([answer.status, answer.headers.get('x-one'), await answer.text()], [201, 'two', 'hello']);
  await assert.rejects(fetch(`${url}/broken`));
  assert.deepStrictEqual(exchanges.map(seen => [seen.target, `${seen.requestBody}`, `${seen.body}`, seen.complete]), [['/path?a=b', 'hello', 'hello', true]]);
  line.destroy();
  stop();
  emulator.closeAllConnections();
  emulator.close();
});
