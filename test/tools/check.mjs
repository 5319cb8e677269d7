// `npm run check`, the suite "check": what can be told without running the program. The checks run side by side.
import { readFileSync, writeFileSync } from 'node:fs';
import { globSync } from './lib/files.mjs';
import { root } from './lib/paths.mjs';
import { runAsync } from './lib/processes.mjs';
import { installPackages } from './lib/setup.mjs';

const node = (script, ...args) => tool(process.execPath, [`${root}/node_modules/${script}`, ...args]);

const checks = {
  types: () => node('typescript/bin/tsc', '--noEmit'),
  lint: () =>
    node('eslint/bin/eslint.js', '--config', 'test/tools/eslint.config.mjs', '--max-warnings=0', 'src', 'test'),
  format: () => node('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  layers,
  'core bundle': coreBundle,
};

/** Runs all checks, printing the complaints of those that fail. Returns the counts, as every suite does. */
export async function runChecks() {
  const names = Object.keys(checks);
  const outcomes = await Promise.all(names.map((name) => timed(checks[name])));
  outcomes.forEach(({ complaint, seconds }, i) => {
    console.log(`  ${complaint ? '✖' : '✔'} ${names[i]} (${seconds} s)`);
    if (complaint) console.log(complaint.trim().replace(/^/gm, '      '));
  });
  const failures = names.filter((_, i) => outcomes[i].complaint);
  return { passed: names.length - failures.length, failed: failures.length, skipped: [], failures };
}

async function timed(check) {
  const start = Date.now();
  const complaint = await check().catch((e) => String(e?.stack ?? e));
  return { complaint, seconds: ((Date.now() - start) / 1000).toFixed(1) };
}

/** Runs a program; its output if it fails, else ''. */
async function tool(file, args) {
  const { code, output } = await runAsync(file, args, { cwd: root, timeout: 5 * 60_000 });
  return code === 0 ? '' : output || `ended with ${code}`;
}

/** No file of the core may name the module vscode in an import, in whatever form, nor reach into src/ui. */
async function layers() {
  const forbidden = /(?:from|import|require)\s*\(?\s*['"](?:vscode|(?:\.\.?\/)+ui(?:\/[^'"]*)?)['"]/g;
  return globSync('src/core', /\.ts$/)
    .flatMap((file) => [...readFileSync(`${root}/${file}`, 'utf8').matchAll(forbidden)].map((m) => `${file}: ${m[0]}`))
    .join('\n');
}

/** Bundles the core with nothing external but Node: an import of vscode fails that. */
async function coreBundle() {
  const { buildCore } = await import('./build.mjs');
  await buildCore();
  return '';
}

if (process.argv[1]?.endsWith('check.mjs')) {
  installPackages();
  const result = await runChecks();
  if (process.env.NETPROC_RESULT) writeFileSync(process.env.NETPROC_RESULT, JSON.stringify(result));
  process.exitCode = result.failed ? 1 : 0;
}
