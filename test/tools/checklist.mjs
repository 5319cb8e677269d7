// `npm run checklist`: which rows of the checklist have a test that passes. With --break also whether these tests
// notice when the behaviour is damaged.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildCore, buildTables, buildTests } from './build.mjs';
import { globSync } from './lib/files.mjs';
import { root } from './lib/paths.mjs';
import { runAsync } from './lib/processes.mjs';

const folder = 'test/unit/checklist';
const usage = `usage: npm run checklist [-- --break]
  --break   damages behaviours one after another; the test of each one's row must fail`;

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const idOf = (title) => /^([A-Z]{3}-\d\d) /.exec(title)?.[1];

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  let options;
  try {
    options = parseArgs({ args, options: { break: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (e) {
    console.error(`${e.message}\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  // Inside the project, where the native sockets are found.
  mkdirSync(`${root}/dist`, { recursive: true });
  const out = mkdtempSync(`${root}/dist/checklist-`);
  try {
    await buildTables(false);
    await buildCore();
    const isComplete = await showRows(out);
    const isNoticed = !options.break || (await showBreaks(out));
    return isComplete && isNoticed ? 0 : 1;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

// ------------------------------------------------------------------------- rows

/** Runs all tests of rows and prints what became of each row; true if none is missing. */
async function showRows(out) {
  const rows = readJson(`${root}/${folder}/rows.json`);
  const known = new Set(rows.map(({ id }) => id));
  const tests = await runTests(out, globSync(folder, /\.test\.ts$/));
  const stray = tests.filter(({ title }) => idOf(title) && !known.has(idOf(title)));
  const counts = { covered: 0, missing: stray.length, justified: 0, later: 0 };
  for (const row of rows) {
    const own = tests.filter(({ title }) => idOf(title) === row.id);
    const kind = kindOf(row, own);
    counts[kind] += 1;
    console.log(`${row.id}  ${words(kind, row, own)}  ${row.feature}`);
  }
  for (const { title } of stray) console.log(`✘ a test of a row that is none: ${title}`);
  const { covered, missing, justified, later } = counts;
  console.log(`${covered} covered, ${missing} missing or failing, ${justified} justified, ${later} with a later issue`);
  return missing === 0;
}

/** A row is covered by tests of its own that all pass; what is left for later must not have one. */
function kindOf(row, own) {
  if (own.length && (row.later || row.justified || own.some((test) => test.failure))) return 'missing';
  if (own.length) return 'covered';
  return row.later ? 'later' : row.justified ? 'justified' : 'missing';
}

function words(kind, row, own) {
  if (kind === 'covered') return '✔';
  if (kind === 'later') return `with a later issue: ${row.later}:`;
  if (kind === 'justified') return `justified: ${row.justified}:`;
  return `✘ (${own.find((test) => test.failure)?.failure ?? (own.length ? 'must have no test' : 'no test')})`;
}

// ----------------------------------------------------------------------- breaks

/** Damages one behaviour after another; true if the tests of each one's row fail. */
async function showBreaks(out) {
  const breaks = readJson(`${root}/${folder}/breaks.json`);
  let unnoticed = 0;
  for (const damage of breaks) {
    const complaint = await complaintAbout(out, damage);
    if (complaint) unnoticed += 1;
    console.log(`${damage.row}  ${complaint ? `✘ ${complaint}` : '✔ red'}  ${damage.what} (${damage.file})`);
  }
  console.log(`${breaks.length - unnoticed} of ${breaks.length} damages turned their row red`);
  return unnoticed === 0;
}

/** Why a damage did not turn its row red; null if it did. */
async function complaintAbout(out, damage) {
  const path = `${root}/${damage.file}`;
  const whole = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (whole.split(damage.from).length !== 2) return 'its text is not there, or not once';
  const tests = globSync(folder, /\.test\.ts$/).filter((file) =>
    readFileSync(`${root}/${file}`, 'utf8').includes(`'${damage.row}'`),
  );
  const damaged = {
    name: 'damaged',
    setup(b) {
      b.onLoad({ filter: new RegExp(`${damage.file.replaceAll('/', '[\\\\/]').replaceAll('.', '\\.')}$`) }, () => ({
        contents: whole.replace(damage.from, () => damage.to),
        loader: 'ts',
      }));
    },
  };
  let results;
  try {
    results = await runTests(out, tests, { plugins: [damaged], only: damage.row });
  } catch (e) {
    return `could not be run: ${e.message}`;
  }
  if (!results.length) return 'no test ran';
  const failures = results.flatMap(({ failure }) => failure ?? []);
  if (failures.length === 0) return 'the row stays green';
  // A test that hangs has not said that anything is wrong.
  return failures.every((failure) => failure.startsWith('Timeout of')) ? 'the test ran out of time' : null;
}

// -------------------------------------------------------------------------- run

/** Bundles test files and runs them: {title, failure} of each test, `failure` being why it failed. */
async function runTests(out, files, { plugins = [], only } = {}) {
  await buildTests(files, { outdir: out, plugins });
  const result = join(out, 'result.json');
  rmSync(result, { force: true });
  const { output } = await runAsync(
    process.execPath,
    [
      ...['--enable-source-maps', `${root}/node_modules/mocha/bin/_mocha`, '--no-config', '--no-package', '--exit'],
      ...['--reporter', 'json', '--reporter-option', `output=${result}`, '--timeout', '10000'],
      ...(only ? ['--grep', `/${only} /`] : []),
      ...files.map((file) => join(out, 'unit/checklist', `${basename(file, '.ts')}.js`)),
    ],
    { cwd: root, timeout: 5 * 60_000, detached: true },
  );
  if (!existsSync(result)) throw new Error(`The tests told no result:\n${output}`);
  const { tests, pending } = readJson(result);
  const skipped = new Set(pending.map(({ fullTitle }) => fullTitle));
  return tests.map(({ title, fullTitle, err }) => ({
    title,
    failure: skipped.has(fullTitle) ? 'skipped' : (err?.message?.split('\n')[0] ?? null),
  }));
}
