'use strict';

// Counts what was judged, and prints it.

const exceptions = require('./exceptions');

class Report {
  constructor(known) {
    this.known = known;
    this.checked = new Map();
    this.violations = new Map();
    this.excepted = 0;
    this.passed = 0;
  }

  /** A request that no document is asked about: a token, or one to the emulator itself. */
  skip() {
    this.passed += 1;
  }

  /** What a set of documents had to say to an exchange. */
  add(set, finding, exchange) {
    const services = this.checked.get(set) || new Map();
    services.set(finding.service, (services.get(finding.service) || 0) + 1);
    this.checked.set(set, services);
    for (const found of finding.violations) {
      const violation = { set, service: finding.service, operation: finding.operation, ...found };
      if (exceptions.find(this.known, violation)) {
        this.excepted += 1;
        continue;
      }
      const key = Object.values(violation).join('\n');
      const entry = this.violations.get(key) || { violation, count: 0, example: `${exchange.method} ${exchange.target}: ${exchange.status}` };
      entry.count += 1;
      this.violations.set(key, entry);
    }
  }

  /** Prints everything; tells whether all is well. */
  print() {
    for (const { violation, count, example } of [...this.violations.values()].sort((one, other) => other.count - one.count)) {
      const { set, service, operation, direction, place, message } = violation;
      console.log(`${set} ${service} ${operation}: ${direction} ${place}: ${message} (${count}, such as ${example})`);
    }
    // An exception for documents that were not asked is no stale one.
    const stale = this.known.filter(entry => entry.count === 0 && (entry.set === undefined || this.checked.has(entry.set)));
    for (const { count, reason, ...entry } of stale) console.log(`exception that matches nothing: ${JSON.stringify(entry)}`);
    for (const [set, services] of this.checked) {
      const rows = [...services].sort(([one], [other]) => one.localeCompare(other));
      console.log(`${set} documents:`);
      for (const [service, count] of rows) console.log(`  ${service.padEnd(24)} ${String(count).padStart(6)} requests`);
    }
    const total = services => [...services.values()].reduce((sum, count) => sum + count, 0);
    const checked = [...this.checked].map(([set, services]) => `${total(services)} against ${set} documents`).join(', ');
    const violations = [...this.violations.values()].reduce((sum, entry) => sum + entry.count, 0);
    console.log(
      `prism: requests checked: ${checked || 'none'}; ${this.passed} not judged (tokens, emulator); ` +
        `${violations} violations, ${this.excepted} excepted by ${this.known.length - stale.length} exceptions`,
    );
    return violations === 0 && stale.length === 0 && this.checked.size > 0;
  }
}

module.exports = { Report };
