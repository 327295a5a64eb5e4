'use strict';

// Reads OpenAPI documents into operations as Prism knows them.

const fs = require('node:fs');
const path = require('node:path');
const { getHttpOperationsFromSpec } = require('@stoplight/prism-http');
const { parse } = require('@stoplight/yaml');

/** Our own documents: DIR/SERVICE/openapi.yaml. */
async function own(folder) {
  const services = fs.readdirSync(folder).filter(name => fs.existsSync(path.join(folder, name, 'openapi.yaml')));
  const groups = services.sort().map(service => load(service, path.join(folder, service, 'openapi.yaml')));
  return (await Promise.all(groups)).flat();
}

/** Reference documents: DIR/SERVICE.yaml. They do not say which parameters may have slashes; our own do. */
async function reference(folder, own) {
  const files = fs.readdirSync(folder).filter(name => /\.(ya?ml|json)$/.test(name));
  const groups = (await Promise.all(files.sort().map(name => load(path.parse(name).name, path.join(folder, name))))).flat();
  for (const group of groups) {
    group.multiSegment = own.filter(({ service }) => service === group.service).flatMap(({ multiSegment }) => multiSegment);
  }
  return groups;
}

/**
 * A document as groups of operations below one base path. Of operations that differ by the fragment of their key alone, as
 * `/collection/{id}` and `/collection/{id}#raw` do, each lies in another group: a request need fit but one of them.
 */
async function load(service, file) {
  const document = parse(fs.readFileSync(file, 'utf8'));
  const multiSegment = [];
  withoutForeignReferences(document);
  const layers = new Map();
  for (const [key, item] of Object.entries(document.paths)) {
    const [address, fragment = ''] = key.split('#');
    if (lastMayHaveSlashes(document, item)) multiSegment.push(plain(address));
    if (!layers.has(fragment)) layers.set(fragment, {});
    const paths = layers.get(fragment);
    paths[plain(address)] = { ...paths[plain(address)], ...item };
  }
  const groups = new Map();
  for (const [fragment, paths] of layers) {
    for (const operation of await getHttpOperationsFromSpec({ ...document, paths })) {
      const base = basePath(document, operation);
      const name = `${base}#${fragment}`;
      if (!groups.has(name)) groups.set(name, { service, base, operations: [], multiSegment });
      groups.get(name).operations.push(operation);
    }
  }
  return [...groups.values()];
}

/** The platform takes a slash at the end as no slash; Prism compares paths part by part. */
function plain(address) {
  return address.length > 1 ? address.replace(/\/$/, '') : address;
}

/** `x-multi-segment`: the last parameter's value may have slashes, which Prism would take for more parts of the path. */
function lastMayHaveSlashes(document, item) {
  const operations = Object.values(item).filter(value => value && typeof value === 'object');
  const parameters = [item, ...operations].flatMap(holder => holder.parameters || []);
  return parameters.some(parameter => (at(document, parameter.$ref) || parameter)['x-multi-segment'] === true);
}

function basePath(document, operation) {
  const server = (operation.servers || [])[0];
  const url = server ? server.url.replace(/{(\w+)}/g, (_, name) => server.variables[name].default) : document.basePath;
  return new URL(url || '/', 'https://platform.invalid').pathname.replace(/\/$/, '');
}

/**
 * Members named `$ref` that lead to nothing within the document are data, such as those of an XDM schema in an example: Prism
 * would load them from where they lead, or give up. They keep their value under another name.
 */
function withoutForeignReferences(value, document = value) {
  if (value === null || typeof value !== 'object') return;
  const target = value.$ref;
  if (typeof target === 'string' && at(document, target) === undefined) {
    delete value.$ref;
    value['x-ref'] = target;
  }
  Object.values(value).forEach(member => withoutForeignReferences(member, document));
}

/** The value at a pointer such as `#/components/schemas/Flow`. */
function at(document, pointer) {
  if (typeof pointer !== 'string' || !pointer.startsWith('#/')) return undefined;
  const names = pointer.slice(2).split('/').map(step => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce((value, name) => (value === null ? undefined : value?.[name]), document);
}

module.exports = { own, reference };
