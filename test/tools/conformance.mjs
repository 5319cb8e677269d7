// Runs the conformance scenarios: npm run conformance -- --help
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { record } from '../conformance/record.mjs';
import { planOf, runOnce, runScenarios } from '../conformance/run.mjs';
import { buildCore, buildDriver, buildTables } from './build.mjs';
import { root } from './lib/paths.mjs';

const own = join(root, 'test/conformance');

const usage = `usage: npm run conformance -- [options] [SCENARIO-ID...]
  --emacs            beside a live Emacs ($EMACS), saying where the two differ
  --record           write what Emacs does into golden/, for the scenarios named; three runs have to be alike
  --driver COMMAND   shell command that gets a scenario and a folder (default: ours, built first)
  --scenarios DIR    scenarios; golden/ and notYet.json are looked for beside DIR, and peers/ there or here
  --repeat N         run each N times, all must pass (default 1)
  --jobs N           run N at a time (default 2)
  --limit SECONDS    time limit of one run (default 60)
  --without A,B      skip scenarios that need feature A or B
  --keep DIR         keep the transcripts there`;

/**
 * Runs the scenarios, by default all of ours through our driver, which must have been built. Options are those of the
 * command line. Returns {passed, failed, notYet: number, skipped: [{id, reason}], failures: [{id, lines}]}.
 */
export function runConformance(options = {}) {
  return runScenarios({ driver: command('driver'), ...options, ...places(options), emacs: options.emacs && emacs });
}

const command = (name) => JSON.stringify(join(own, name));
const emacs = command('emacs-driver');

function places(options) {
  const scenarios = options.scenarios ?? join(own, 'scenarios');
  const home = dirname(scenarios);
  return { scenarios, peersHome: existsSync(join(home, 'peers')) ? home : own };
}

/** Records the scenarios named in Emacs. Returns how many could not be. */
async function recordAll(options) {
  const plan = planOf({ ...options, ...places(options), driver: emacs });
  let failed = 0;
  for (const id of options.ids) {
    const lines = await record(plan.golden, () => runOnce(plan, join(plan.scenarios, `${id}.json`)));
    console.log(lines.length > 0 ? `FAIL ${id}` : `RECORDED ${id}`);
    for (const line of lines) console.log(`     ${line}`);
    if (lines.length > 0) failed++;
  }
  return failed;
}

function atLeastOne(name, text) {
  const n = Number(text);
  if (!Number.isFinite(n) || n < 1) throw new Error(`--${name} must be a number of at least 1`);
  return n;
}

/** Options of the command line. */
function parse(args) {
  const string = { type: 'string' };
  const names = ['driver', 'scenarios', 'golden', 'repeat', 'jobs', 'limit', 'without', 'keep'];
  const flags = ['help', 'emacs', 'record'];
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(names.map((n) => [n, string])),
      ...Object.fromEntries(flags.map((n) => [n, { type: 'boolean' }])),
    },
  });
  const options = { ids: positionals.map((p) => basename(p, '.json')) };
  for (const n of flags) if (values[n]) options[n] = true;
  if (values.record && positionals.length === 0) throw new Error('--record needs scenarios by name');
  if (values.driver) options.driver = values.driver;
  if (values.without) options.without = values.without.split(',');
  for (const n of ['scenarios', 'golden', 'keep']) if (values[n]) options[n] = resolve(values[n]);
  for (const n of ['repeat', 'jobs', 'limit']) if (values[n]) options[n] = atLeastOne(n, values[n]);
  return options;
}

if (process.argv[1] === import.meta.filename) {
  let options;
  try {
    options = parse(process.argv.slice(2));
  } catch (e) {
    console.error(`${e.message}\n${usage}`);
    process.exit(2);
  }
  if (options.help) {
    console.log(usage);
    process.exit(0);
  }
  if (!options.driver && !options.record) {
    await buildTables(false);
    await buildCore();
    await buildDriver();
  }
  const failed = options.record ? await recordAll(options) : (await runConformance(options)).failed;
  process.exitCode = failed > 0 ? 1 : 0;
}
