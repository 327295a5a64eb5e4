'use strict';

// Has Prism judge exchanges: a request and its answer, against all documents of a set.

const { createInstance } = require('@stoplight/prism-http');

const silent = { child: () => silent, debug() {}, info() {}, warn() {}, error() {}, success() {} };

// Prism routes and validates as its proxy does. The one part that is ours is the forwarder: the answer is there already,
// as it was sent; Prism's own would write bodies anew and could not carry files or broken answers.
const prism = createInstance(
  {
    isProxy: true,
    upstream: new URL('http://127.0.0.1'),
    checkSecurity: true,
    validateRequest: true,
    validateResponse: true,
    errors: false,
    mock: false,
  },
  {
    logger: silent,
    forward: ({ data }, _url, _proxy, operation) => () => async () => {
      data.operation = operation;
      return { _tag: 'Right', right: data.answer };
    },
  },
);

/** JSON goes by many names, such as `application/vnd.adobe.xed+json; version=1`. */
const isJson = headers => /^application\/([\w.-]+\+)?json\b/i.test(headers['content-type'] || '');

/** A body as Prism wants it: JSON read, all else as text, nothing where there is none. */
function readBody(headers, bytes) {
  if (bytes.length === 0) return undefined;
  return isJson(headers) ? JSON.parse(bytes.toString('utf8')) : bytes.toString('latin1');
}

function readQuery(search) {
  const query = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    query[name] = values.length === 1 ? values[0] : values;
  }
  return query;
}

/**
 * What a set of documents has to say to an exchange: the service and operation, where one fits, and the violations, each with
 * direction, place and message. Nothing where no document covers it.
 */
async function judge(groups, exchange) {
  const url = new URL(exchange.target, 'http://127.0.0.1');
  let best;
  const fitting = groups.filter(group => below(group.base, url.pathname) !== undefined);
  // The longest base path first: `/data/foundation` is one, too.
  for (const group of fitting.sort((one, other) => other.base.length - one.base.length)) {
    const rest = below(group.base, url.pathname);
    const finding = await ask(group, { ...exchange, path: folded(group, rest), query: readQuery(url.searchParams) });
    if (finding && (!best || finding.violations.length < best.violations.length)) best = finding;
  }
  return best;
}

/** Asks Prism; nothing where the group has no such operation. */
async function ask(group, exchange) {
  const input = {
    method: exchange.method.toLowerCase(),
    url: { path: exchange.path, query: exchange.query },
    headers: exchange.requestHeaders,
  };
  const unreadable = [];
  const read = (direction, headers, bytes) => {
    try {
      return readBody(headers, bytes);
    } catch (error) {
      unreadable.push(violation(direction, 'body', `is no JSON: ${error.message}`));
      return undefined;
    }
  };
  input.body = read('request', exchange.requestHeaders, exchange.requestBody) ?? null;
  const body = read('answer', exchange.headers, exchange.body);
  input.answer = { statusCode: exchange.status, headers: exchange.headers, body };
  const result = await prism.request(input, exactFirst(group, exchange.requestHeaders['content-type']))();
  if (result._tag === 'Left') {
    if (/NO_(PATH|METHOD)_MATCHED|NO_RESOURCE/.test(result.left.name)) return undefined;
    throw result.left;
  }
  if (input.operation === undefined) return undefined;
  const { input: request, output } = result.right.validations;
  // A broken-off answer, and one to HEAD, have no body to judge.
  const answers = exchange.complete && exchange.method !== 'HEAD' && unreadable.length === 0 ? output : [];
  return {
    service: group.service,
    operation: input.operation.iid || `${exchange.method} ${input.operation.path}`,
    violations: [
      ...unreadable,
      ...errors(request).map(found => violation('request', found.path, found.message)),
      ...errors(answers).map(found => violation('answer', found.path, found.message)),
    ],
  };
}

/**
 * Operations of a group with a body's media type before the others that are taken. To Prism `application/json-patch+json` and
 * `application/json` are one, and the first that is described counts.
 */
function exactFirst(group, contentType = '') {
  const mediaType = contentType.split(';')[0].trim().toLowerCase();
  group.ordered ??= new Map();
  if (!group.ordered.has(mediaType)) group.ordered.set(mediaType, group.operations.map(operation => ordered(operation, mediaType)));
  return group.ordered.get(mediaType);
}

function ordered(operation, mediaType) {
  const contents = operation.request?.body?.contents || [];
  const exact = contents.find(content => content.mediaType === mediaType);
  if (!exact || contents.length === 1) return operation;
  const others = contents.filter(content => content !== exact);
  const body = { ...operation.request.body, contents: [exact, ...others] };
  return { ...operation, request: { ...operation.request, body } };
}

/** Prism's warnings are of statuses other than success that a document does not list, and of deprecation. */
const errors = validations => validations.filter(found => found.severity === 0);

/** Of a place within lists it does not matter which item it was. */
function violation(direction, path, message) {
  const exact = [].concat(path || []);
  const place = exact.map(part => (/^\d+$/.test(part) ? '#' : part)).join('.');
  const body = exact.slice(1).join('.');
  return { direction, place, message: body === '' ? message : message.replace(` ${body} `, ` ${place.split('.').slice(1).join('.')} `) };
}

/** What of a path lies below a base path; `/` where nothing does. */
function below(base, pathname) {
  if (pathname !== base && !pathname.startsWith(`${base}/`)) return undefined;
  const rest = pathname.slice(base.length).replace(/\/+$/, '');
  return rest === '' ? '/' : rest;
}

/** A path whose last parameter has slashes in it, with these encoded. */
function folded(group, rest) {
  const parts = rest.split('/');
  for (const template of group.multiSegment) {
    const pattern = template.split('/');
    const fits = parts.length > pattern.length && pattern.slice(0, -1).every((part, index) => part.startsWith('{') || part === parts[index]);
    if (fits) return [...parts.slice(0, pattern.length - 1), parts.slice(pattern.length - 1).join('%2F')].join('/');
  }
  return rest;
}

module.exports = { judge };
