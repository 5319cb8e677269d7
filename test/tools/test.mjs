// `npm test`: installs, builds, and runs the suites. `npm test -- unit host --grep TEXT` runs some of them.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { root } from './lib/paths.mjs';
import { installPackages } from './lib/setup.mjs';
import { runSuite, suites } from './lib/suites.mjs';

const usage = `npm test [-- SUITE… --grep PATTERN]
Suites: ${suites.map(({ name }) => name).join(', ')}`;

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const grep = takeGrep(args);
  const chosen = choose(args, grep);
  if (!chosen) {
    console.error(usage);
    return 2;
  }
  installPackages();
  await build();
  const results = [];
  for (let i = 0; i < chosen.length; i++) {
    const [first, besides] = [chosen[i], []];
    while (chosen[i + 1]?.beside === first.name) besides.push(chosen[++i]);
    const all = await Promise.allSettled([runAloud(first, grep), ...besides.map((suite) => runQuietly(suite, grep))]);
    for (const { value, reason } of all) {
      if (!value) throw reason;
      results.push(value);
    }
  }
  return close(results);
}

async function runAloud(suite, grep, write = (text) => process.stdout.write(text)) {
  const start = Date.now();
  write(`\n== ${suite.name} ==\n`);
  const result = await runSuite(suite, grep, write);
  write(`(${suite.name}: ${Math.round((Date.now() - start) / 1000)} s)\n`);
  return result;
}

/** Says all it has to say at its end. */
async function runQuietly(suite, grep) {
  let said = '';
  const result = await runAloud(suite, grep, (text) => (said += text));
  process.stdout.write(said);
  return result;
}

function takeGrep(args) {
  const i = args.indexOf('--grep');
  return i < 0 ? undefined : args.splice(i, 2)[1];
}

/** The suites named and those at their side, or all; undefined if a name is none. Only mocha's suites know --grep. */
function choose(names, grep) {
  if (names.some((name) => !suites.some((suite) => suite.name === name))) return undefined;
  if (names.length) return suites.filter(({ name, beside }) => names.includes(name) || names.includes(beside));
  return grep ? suites.filter(({ ungrepped }) => !ungrepped) : suites;
}

async function build() {
  const start = Date.now();
  // Only now: what it imports has just been installed.
  const { buildExtension, buildCore, buildDriver, buildTests } = await import('./build.mjs');
  rmSync(`${root}/dist/test`, { recursive: true, force: true });
  await buildExtension();
  await Promise.all([buildCore(), buildTests()]);
  if (existsSync(`${root}/test/conformance/driver.ts`)) await buildDriver();
  console.log(`Built in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** Lists what failed and what was skipped; the counts are the run's last line. */
function close(results) {
  const passed = sum(results.map((result) => result.passed));
  const skipped = results.flatMap((result) => result.skipped);
  const forbidden = process.env.NETPROC_STRICT_SKIPS ? notAllowed(skipped) : [];
  const failed = sum(results.map((result) => result.failed)) + forbidden.length;
  console.log('');
  for (const name of results.flatMap((result) => result.failures)) console.log(`Failed: ${name}`);
  for (const { name } of forbidden) console.log(`Failed: ${name}: must not be skipped here`);
  const others = skipped.filter((test) => !forbidden.includes(test));
  for (const { name, reason } of others) console.log(`Skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${others.length} skipped`);
  return failed ? 1 : 0;
}

function sum(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Where skips are strict, only tests whose name contains a text of allowedSkips.json may be skipped. */
function notAllowed(skipped) {
  const allowed = JSON.parse(readFileSync(new URL('allowedSkips.json', import.meta.url), 'utf8'));
  return skipped.filter(({ name }) => !allowed.some((part) => name.includes(part)));
}
