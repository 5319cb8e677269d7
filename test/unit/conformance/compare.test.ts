import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Json, type Transcript, canonical, differences } from '../../conformance/compare.mjs';
import { record } from '../../conformance/record.mjs';
import { runScenarios } from '../../conformance/run.mjs';

const golden = join(process.cwd(), 'test/conformance/golden');
const ids = readdirSync(golden).map((f) => f.replace(/\.json$/, ''));
const load = (id: string): Transcript => JSON.parse(readFileSync(join(golden, `${id}.json`), 'utf8')) as Transcript;
const between = (a: Transcript, b: Transcript) => differences(canonical(a), canonical(b));

/** Every way of changing one value below `v`, as functions that do it in place. */
function changes(v: Json): (() => void)[] {
  if (typeof v !== 'object' || v === null) return [];
  const holder = v as Record<string, Json>;
  return Object.keys(holder).flatMap((key) => {
    const x = holder[key] ?? null;
    if (typeof x === 'object' && x !== null) return changes(x);
    return [() => (holder[key] = typeof x === 'string' ? `${x}.` : typeof x === 'number' ? x + 1 : x !== true)];
  });
}

const listsOf = (t: Transcript): Json[][] => [t.steps, ...Object.values(t.events)];

describe('Comparison of transcripts', () => {
  it('finds every golden transcript equal to itself', () => {
    for (const id of ids) assert.deepEqual(between(load(id), load(id)), [], id);
  });

  it('notices any value that differs', () => {
    for (const id of ids) {
      const wanted = load(id);
      const count = changes(load(id) as unknown as Json).length;
      for (let i = 0; i < count; i++) {
        const other = load(id);
        changes(other as unknown as Json)[i]?.();
        assert.notEqual(between(wanted, other).length, 0, `${id}, change ${i}`);
      }
    }
  });

  it('notices what is missing, added or in another order', () => {
    for (const id of ids) {
      const wanted = load(id);
      for (const [l, list] of listsOf(wanted).entries()) {
        for (const i of list.keys()) {
          const check = (what: string, change: (list: Json[]) => void) => {
            const other = load(id);
            change(listsOf(other)[l] ?? []);
            assert.notEqual(between(wanted, other).length, 0, `${id}: list ${l}, entry ${i} ${what}`);
          };
          check('missing', (entries) => entries.splice(i, 1));
          check('followed by another', (entries) => entries.splice(i, 0, { mark: 'unheard of' }));
          if (i > 0 && JSON.stringify(list[i]) !== JSON.stringify(list[i - 1])) {
            check('moved', (entries) => entries.splice(i - 1, 2, entries[i] ?? null, entries[i - 1] ?? null));
          }
        }
      }
    }
  });

  it('passes no driver that does nothing', () => {
    for (const id of ids) assert.notEqual(between(load(id), { id, steps: [], events: {} }).length, 0, id);
  });

  it('overlooks how filter output was cut, key order, null and empty entries', () => {
    const one: Transcript = {
      id: 'x',
      steps: [{ step: 1, op: 'observe', values: { a: null, b: 1 } }],
      events: { c: [{ filter: 'abcd', multibyte: true }] },
    };
    const other: Transcript = {
      id: 'x',
      steps: [{}, { op: 'observe', values: { b: 1 }, step: 1 }],
      events: {
        d: [],
        c: [
          { filter: 'ab', multibyte: true },
          { filter: 'cd', multibyte: true },
        ],
      },
    };
    assert.deepEqual(between(one, other), []);
    other.events.c = [
      { filter: 'ab', multibyte: true },
      { filter: 'cd', multibyte: false },
    ];
    assert.notEqual(between(one, other).length, 0);
  });
});

describe('Conformance run', () => {
  let home: string;
  let printed: string[];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'np-'));
    printed = [];
    for (const folder of ['scenarios', 'golden']) mkdirSync(join(home, folder));
    for (const id of ['good', 'bad']) {
      writeFileSync(join(home, 'scenarios', `${id}.json`), JSON.stringify({ id, steps: [] }));
      writeFileSync(join(home, 'golden', `${id}.json`), JSON.stringify({ id, steps: [], events: {} }));
    }
  });

  afterEach(() => rmSync(home, { recursive: true }));

  const run = (driver: string, more = {}) =>
    runScenarios({
      peersHome: home,
      scenarios: join(home, 'scenarios'),
      driver,
      limit: 2,
      print: (line: string) => printed.push(line),
      ...more,
    });

  const sayGood = `echo '{"id":"good","steps":[],"events":{}}'; true`;

  it('counts what passed and what failed', async () => {
    const { passed, failed } = await run(sayGood);
    assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
    assert.ok(printed.some((line) => line.includes('id: want "bad", got "good"')));
    assert.equal(printed.at(-1), '1 passed, 1 failed, 0 skipped, not yet: 0');
  });

  it('fails when the driver fails, prints no JSON or does not end', async () => {
    for (const [driver, reason] of [
      ['false', 'ended with 1'],
      ['echo hello; true', 'not JSON'],
      ['sleep 9; true', 'no end after'],
    ] as const) {
      const { failed } = await run(driver, { ids: ['good'], limit: 1 });
      assert.equal(failed, 1, driver);
      assert.ok(printed.some((line) => line.includes(reason)));
    }
  });

  it('counts expected failures apart, and fails when one passes', async () => {
    writeFileSync(join(home, 'notYet.json'), JSON.stringify({ bad: 'reason' }));
    const before = await run(sayGood);
    assert.deepEqual([before.passed, before.failed, before.notYet], [1, 0, 1]);
    writeFileSync(join(home, 'notYet.json'), JSON.stringify({ good: 'reason' }));
    const after = await run(sayGood, { ids: ['good'] });
    assert.deepEqual([after.passed, after.failed, after.notYet], [0, 1, 0]);
    assert.ok(printed.some((line) => line.includes('take it off')));
  });

  const say = (steps: unknown) => `echo '${JSON.stringify({ id: 'good', steps, events: {} })}'; true`;
  const one = [{ step: 0, op: 'x' }];

  it('compares with a second driver, and that one with what was recorded', async () => {
    const runs = [
      [sayGood, sayGood, []],
      [sayGood, say(one), ['Emacs, not as recorded: steps[0]', 'steps[0]: missing']],
      [say(one), sayGood, ['unexpected']],
      [sayGood, 'false', ['Emacs: the driver ended with 1']],
    ] as const;
    for (const [driver, emacs, reasons] of runs) {
      const { failures } = await run(driver, { emacs, ids: ['good'] });
      const lines = failures.flatMap((f) => f.lines).map((line) => line.replace(/step 0 \(x\)/, 'steps[0]'));
      for (const reason of reasons)
        assert.ok(
          lines.some((line) => line.includes(reason)),
          `${reason} in ${lines.join()}`,
        );
      assert.equal(failures.length, reasons.length > 0 ? 1 : 0);
    }
    rmSync(join(home, 'golden', 'good.json'));
    assert.equal((await run(sayGood, { emacs: sayGood, ids: ['good'] })).passed, 1);
  });

  it('wants what deviates to do so, and as it was written down', async () => {
    const scenario = { id: 'good', deviates: 'B5', steps: [] };
    writeFileSync(join(home, 'scenarios', 'good.json'), JSON.stringify(scenario));
    const expect = async (driver: string, emacs: string | undefined, reason: string | null) => {
      const { failures } = await run(driver, { emacs, ids: ['good'] });
      if (reason === null) return assert.deepEqual(failures, []);
      assert.ok(failures[0]?.lines[0]?.includes(reason), `${reason} in ${JSON.stringify(failures)}`);
    };
    await expect(say(one), undefined, 'ours/good.json is missing');
    mkdirSync(join(home, 'ours'));
    writeFileSync(join(home, 'ours', 'good.json'), JSON.stringify({ id: 'good', steps: one, events: {} }));
    await expect(say(one), undefined, null);
    await expect(say(one), sayGood, null);
    assert.ok(printed.some((line) => line.endsWith('differs as documented: B5')));
    await expect(sayGood, undefined, 'missing');
    await expect(sayGood, sayGood, 'does not differ from Emacs: B5');
    await expect(say([{ step: 0, op: 'y' }]), sayGood, 'want "x", got "y"');
    writeFileSync(join(home, 'ours', 'good.json'), JSON.stringify({ id: 'good', steps: [], events: {} }));
    await expect(sayGood, undefined, 'ours/ does not differ from Emacs: B5');
  });

  it('records what is the same three times', async () => {
    const folder = join(home, 'golden');
    const transcript = {
      id: 'good',
      steps: [{ step: 0, op: 'x', values: { a: '\udce9', b: [1] } }],
      events: { c: [] },
    };
    assert.deepEqual(await record(folder, () => Promise.resolve({ transcript })), []);
    const text = readFileSync(join(folder, 'good.json'), 'utf8');
    assert.deepEqual(canonical(JSON.parse(text) as Transcript), canonical(transcript));
    assert.ok(text.includes('    {"step": 0, "op": "x", "values": {"a": "\\udce9", "b": [1]}}\n'), text);
    let times = 0;
    const unstable = () =>
      Promise.resolve({ transcript: { id: 'good', steps: [], events: { c: [{ mark: times++ }] } } });
    assert.ok((await record(folder, unstable))[0]?.includes('not the same in run 2'));
    assert.deepEqual(await record(folder, () => Promise.resolve({ problems: ['no'] })), ['no']);
    assert.equal(readFileSync(join(folder, 'good.json'), 'utf8'), text);
  });

  it('skips what is asked to be left out, with the reason', async () => {
    writeFileSync(join(home, 'scenarios', 'good.json'), JSON.stringify({ id: 'good', needs: ['tls'], steps: [] }));
    const { skipped } = await run(sayGood, { without: ['tls'], ids: ['good'] });
    assert.deepEqual(skipped, [{ id: 'good', reason: 'needs tls' }]);
  });
});
