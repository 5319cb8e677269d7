// What all peers share: a limited life, loopback only, and one line on standard output for each report.
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const lifeMs = 40_000;
const loopbackHosts = new Set(['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1', 'localhost']);

/** Reads the configuration from the command line and sees to it that the peer ends. */
export function start() {
  const config = JSON.parse(process.argv[2] ?? '{}');
  setTimeout(() => process.exit(0), config.lifeMs ?? lifeMs);
  process.on('SIGTERM', () => process.exit(0));
  process.on('uncaughtException', (e) => report(`peer-error ${e.code ?? e.message}`));
  return { expectMs: 15_000, ...config };
}

/** Written at once, since the driver waits for these lines. */
export function report(line) {
  writeSync(1, `${line}\n`);
}

export function loopback(host) {
  if (loopbackHosts.has(host)) return host;
  report('peer-error not-loopback');
  process.exit(2);
}

/** Bytes of a script: text, `{hex}` or `{repeat, times}`. */
export function toBytes(value) {
  if (typeof value === 'string') return Buffer.from(value);
  if ('hex' in value) return Buffer.from(value.hex.replace(/\s/g, ''), 'hex');
  return Buffer.from(value.repeat.repeat(value.times));
}

const escapes = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/** Bytes on one line: printable ASCII as it is, the rest escaped. */
export function printable(bytes) {
  const shown = (b) =>
    escapes.get(b) ?? (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`);
  return Array.from(bytes, shown).join('');
}

/** Steps are objects with one telling key; performs each with the function of that name. */
export async function perform(script, actions) {
  for (const step of script) {
    const name = Object.keys(step).find((key) => Object.hasOwn(actions, key));
    if (name === undefined) {
      report('peer-error unknown-step');
      return;
    }
    await actions[name](step[name], step);
  }
}

/** True as soon as the test holds, false after `ms`; `changed` is asked for the next moment to look again. */
export async function until(test, changed, ms) {
  for (const end = Date.now() + ms; !test();) {
    const left = end - Date.now();
    if (left <= 0) return false;
    await Promise.race([changed(), pause(Math.min(left, 500))]);
  }
  return true;
}

/** Steps that every peer knows. */
export const plainActions = {
  print: (text) => report(text),
  sleep: (ms) => pause(ms),
};
