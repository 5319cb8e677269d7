// Runs conformance scenarios through a driver and says how the transcripts differ from the recorded ones.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canonical, differences } from './compare.mjs';
import { writeTranscript } from './record.mjs';

const shownDifferences = 8;

/** With their defaults: where transcripts lie, and how a driver is run. */
export function planOf(options) {
  const home = dirname(options.scenarios);
  return { golden: join(home, 'golden'), ours: join(home, 'ours'), repeat: 1, limit: 60, ...options };
}

/**
 * Runs the scenarios in the folder `scenarios` through the shell command `driver`, with the peers in `peersHome`, and
 * compares with what was recorded; with a second driver `emacs` through both, and compares them with each other. Those
 * in notYet.json beside that folder are expected to fail and counted apart; one that passes is a failure of the list.
 * Returns {passed, failed, notYet: number, skipped: [{id, reason}], failures: [{id, lines}]}.
 */
export async function runScenarios(options) {
  const { scenarios, ids = [], jobs = 2, without = [], print = console.log } = options;
  const plan = planOf(options);
  const notYet = readIfThere(join(dirname(scenarios), 'notYet.json')) ?? {};
  const files = readdirSync(scenarios).filter((f) => f.endsWith('.json'));
  const known = files.map((f) => basename(f, '.json')).sort();
  const strange = [...ids, ...Object.keys(notYet)].filter((id) => !known.includes(id));
  if (strange.length > 0) throw new Error(`no such scenario: ${strange.join(', ')}`);

  const result = { passed: 0, failed: 0, notYet: 0, skipped: [], failures: [] };
  const queue = [];
  for (const id of ids.length > 0 ? ids : known) {
    const scenario = JSON.parse(readFileSync(join(scenarios, `${id}.json`), 'utf8'));
    const reason = lacking(scenario.needs ?? [], without);
    if (reason) result.skipped.push({ id, reason });
    else queue.push({ id, file: join(scenarios, `${id}.json`), why: notYet[id], deviates: scenario.deviates });
  }
  const worker = async () => {
    for (let next; (next = queue.shift());) {
      const { lines, ms } = await judge(plan, next);
      count(result, next, lines, ms, print);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, worker));
  for (const { id, reason } of result.skipped) print(`SKIP ${id}: ${reason}`);
  print(
    `${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped, not yet: ${result.notYet}`,
  );
  return result;
}

function count(result, { id, why, deviates }, lines, ms, print) {
  const fail = (reasons) => {
    result.failed++;
    result.failures.push({ id, lines: reasons });
    print(`FAIL ${id} (${ms} ms)`);
    for (const line of reasons.slice(0, shownDifferences)) print(`     ${line}`);
    if (reasons.length > shownDifferences) print(`     and ${reasons.length - shownDifferences} more`);
  };
  if (why !== undefined && lines.length > 0) {
    result.notYet++;
    print(`NOT YET ${id}: ${why}`);
  } else if (why !== undefined) fail(['now passes, take it off notYet.json']);
  else if (lines.length > 0) fail(lines);
  else {
    result.passed++;
    print(`PASS ${id} (${ms} ms)${deviates ? `, differs as documented: ${deviates}` : ''}`);
  }
}

/** Why a scenario cannot be run on this machine, or undefined. */
function lacking(needs, without) {
  const asked = needs.find((need) => without.includes(need));
  if (asked) return `needs ${asked}`;
  const addresses = Object.values(networkInterfaces()).flat();
  if (needs.includes('ipv6') && !addresses.some((a) => a.address === '::1')) return 'this computer has no ::1';
  return undefined;
}

/** Runs one scenario as often as asked. Returns what is wrong, and how long it took. */
async function judge(plan, scenario) {
  const { id, deviates } = scenario;
  const golden = readIfThere(join(plan.golden, `${id}.json`));
  const ours = deviates ? readIfThere(join(plan.ours, `${id}.json`)) : golden;
  if (!golden && !plan.emacs) return { lines: ['no golden transcript'], ms: 0 };
  let ms = 0;
  for (let i = 0; i < plan.repeat; i++) {
    const run = await runOnce(plan, scenario.file);
    ms += run.ms;
    const lines = run.problems ?? (await compare(plan, scenario, { golden, ours, got: canonical(run.transcript) }));
    if (lines.length > 0) return { ms, lines: plan.repeat > 1 ? [`run ${i + 1}:`, ...lines] : lines };
  }
  return { lines: [], ms };
}

/** How `got` differs from what it has to be: from Emacs, unless the scenario deviates on purpose. */
async function compare(plan, { id, file, deviates }, { golden, ours, got }) {
  if (deviates && !ours) return [`deviates, but ours/${id}.json is missing`];
  const expected = ours ? canonical(ours) : undefined;
  if (!plan.emacs) {
    const same = deviates && differences(canonical(golden), expected).length === 0;
    return same ? [`ours/ does not differ from Emacs: ${deviates}`] : differences(expected, got);
  }
  const run = await runOnce({ ...plan, driver: plan.emacs, keep: plan.keep && join(plan.keep, 'emacs') }, file);
  if (run.problems) return run.problems.map((line) => `Emacs: ${line}`);
  const emacs = canonical(run.transcript);
  const recorded = golden ? differences(canonical(golden), emacs).map((line) => `Emacs, not as recorded: ${line}`) : [];
  const between = differences(emacs, got);
  if (!deviates) return [...recorded, ...between];
  if (between.length === 0) recorded.push(`does not differ from Emacs: ${deviates}`);
  return [...recorded, ...differences(expected, got)];
}

/**
 * Runs a scenario once. Returns {ms, transcript} or {ms, problems: lines}; the transcript is kept in `plan.keep` as
 * well.
 */
export async function runOnce(plan, file) {
  const folder = mkdtempSync(join(tmpdir(), 'np-'));
  try {
    const run = await drive(plan, file, folder);
    const said = run.errors.trim().split('\n').filter(Boolean).slice(0, 6);
    if (run.timedOut) return { ms: run.ms, problems: [`no end after ${plan.limit} s`, ...said] };
    if (run.code !== 0) return { ms: run.ms, problems: [`the driver ended with ${run.code}`, ...said] };
    try {
      const transcript = JSON.parse(run.output);
      if (plan.keep) writeTranscript(plan.keep, transcript);
      return { ms: run.ms, transcript };
    } catch (e) {
      return { ms: run.ms, problems: [`the transcript is not JSON: ${e.message}`, ...said] };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function drive({ driver, limit, peersHome }, file, folder) {
  return new Promise((done) => {
    const started = Date.now();
    // A group of its own, so that peers left behind end with the driver.
    const child = spawn('/bin/sh', ['-c', `exec ${driver} "$@"`, 'driver', file, folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, CONFORMANCE_DIR: peersHome },
    });
    let output = '';
    let errors = '';
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child.pid);
    }, limit * 1000);
    child.on('error', (e) => (errors += e.message));
    child.on('exit', () => endGroup(child.pid));
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code, output, errors, timedOut, ms: Date.now() - started });
    });
  });
}

function endGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

function readIfThere(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
