// The suites of `npm test`, each run in a process of its own that leaves its counts in a file.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { globSync } from './files.mjs';
import { root } from './paths.mjs';
import { runAsync } from './processes.mjs';

const minutes = 60_000;

/** The unit tests in which it matters who makes the sockets. */
const socketTests =
  /unit\/(core\/(?!cod|capture|fullDisk|buffer|decodeAgain|properties|tls\.|starttls|dialogs|phases|certificates|trust)|checklist\/)/;

const isOfCore = (file) => file.includes('/unit/core/');

/** The tests in the page that talk to programs of their own, or look at the package and at `npm start`. */
const besideTests = /ui\/(check|lifecycle|package|realPeers|sendLarge|sockets|starttls|tls|wrongInput)/;

/**
 * All suites in their order: name, arguments of the Node that runs it for a --grep, its limit in milliseconds, and the
 * one before it at whose side it runs.
 */
export const suites = [
  { name: 'check', limit: 6 * minutes, command: () => ['test/tools/check.mjs'], ungrepped: true },
  // These, too, mostly wait: the core's are about as long as all others.
  { name: 'unit', limit: 10 * minutes, command: (grep) => mocha('unit', 10_000, grep, isOfCore) },
  {
    name: 'unit-others',
    beside: 'unit',
    limit: 10 * minutes,
    command: (grep) => mocha('unit', 10_000, grep, (file) => !isOfCore(file)),
  },
  // Once more with Node's own sockets, as on computers for which there are no native ones.
  {
    name: 'unit-fallback',
    limit: 10 * minutes,
    command: (grep) => mocha('unit', 10_000, grep, (file) => socketTests.test(file)),
    env: { NETPROC_ADDON: 'off' },
  },
  { name: 'conformance', limit: 20 * minutes, command: () => ['test/tools/conformanceTests.mjs'], ungrepped: true },
  {
    // Not beside it: some scenarios need a port of a certain number.
    name: 'conformance-fallback',
    limit: 20 * minutes,
    command: () => ['test/tools/conformanceTests.mjs'],
    ungrepped: true,
    env: { NETPROC_ADDON: 'off' },
  },
  { name: 'host', limit: 15 * minutes, command: () => ['test/tools/hostTests.mjs'] },
  // Half of the time a page makes the processor wait: two halves of these tests run at once.
  { name: 'ui', limit: 45 * minutes, command: (grep) => mocha('ui', 180_000, grep, (file) => !besideTests.test(file)) },
  {
    name: 'ui-peers',
    beside: 'ui',
    limit: 45 * minutes,
    command: (grep) => mocha('ui', 180_000, grep, (file) => besideTests.test(file)),
  },
];

/**
 * Runs one suite, its output passed on to `write`. Returns {passed, failed, skipped: [{name, reason}], failures: [name]};
 * a suite that crashes, hangs or tells nothing counts as a failure.
 */
export async function runSuite({ name, command, limit, env }, grep, write) {
  const args = command(grep);
  if (!args) return broken(name, 'has no tests');
  const folder = mkdtempSync(`${tmpdir()}/netproc-result-`);
  const resultFile = `${folder}/result.json`;
  try {
    const { code, timedOut } = await runAsync(process.execPath, args, {
      cwd: root,
      timeout: limit,
      detached: true, // A group of its own, to be ended as a whole at its limit.
      env: { ...environment(name, grep, resultFile), ...env },
      onOutput: write,
    });
    return judged(name, existsSync(resultFile) && JSON.parse(readFileSync(resultFile, 'utf8')), {
      code,
      timedOut,
      grep,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function environment(name, grep, resultFile) {
  return {
    ...process.env,
    NETPROC_RESULT: resultFile,
    NETPROC_GREP: grep ?? '',
    NETPROC_FAILURES: process.env.NETPROC_FAILURES ?? `${root}/.vscode-test/failures`,
    ...(name !== 'host' && { NETPROC_MUST_END: '1' }),
  };
}

function judged(name, result, { code, timedOut, grep }) {
  if (timedOut) return broken(name, 'did not end in time', result);
  if (!result) return broken(name, `ended with ${code} and told no result`);
  if (code !== 0 && result.failed === 0) return broken(name, `ended with ${code} although no test failed`, result);
  const total = result.passed + result.failed + result.skipped.length;
  if (total === 0 && !grep) return broken(name, 'ran no tests');
  return { failures: [], ...result };
}

/** What a suite told, if anything, and one failure more: the suite itself. */
function broken(name, why, result) {
  const { passed = 0, failed = 0, skipped = [], failures = [] } = result || {};
  console.error(`The suite ${name} ${why}.`);
  return { passed, failed: failed + 1, skipped, failures: [...failures, `suite ${name}: ${why}`] };
}

function mocha(folder, timeout, grep, wanted = () => true) {
  if (!existsSync(`${root}/dist/test/${folder}`)) return undefined;
  const files = globSync(`dist/test/${folder}`, /\.test\.js$/).filter(wanted);
  if (!files.length) return undefined;
  const options = ['--no-config', '--no-package', '--reporter', 'test/tools/lib/reporter.cjs'];
  return [
    '--enable-source-maps',
    'node_modules/mocha/bin/_mocha',
    ...options,
    ...['--timeout', String(timeout)],
    ...(grep ? ['--grep', grep] : []),
    ...files,
  ];
}
