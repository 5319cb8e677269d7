import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import { commands } from '../../../../src/ui/ids';
import type { Timers } from '../../../../src/ui/rows/refreshQueue';
import { Row, traitsOf } from '../../../../src/ui/rows/row';
import { chosenCoding } from '../../../../src/ui/status/codingChoice';
import { Pace } from '../../../../src/ui/status/pace';
import { RateMeter } from '../../../../src/ui/status/rateMeter';
import type { StatusTarget } from '../../../../src/ui/status/statusSource';
import { statusTexts, type StatusTexts } from '../../../../src/ui/status/statusText';
import { plainServer, withCore } from '../../core/support';
import { FakeCore, traffic, translate, type FakeProcess } from '../fakeCore';

const core = new FakeCore();

function texts(facts: Partial<FakeProcess>, rate = 0, more: Partial<StatusTarget> = {}): StatusTexts {
  const row = new Row('process-1', core.make({ name: 'echo', ...facts }));
  row.traits = traitsOf(row.process);
  const view = { kind: 'document', following: true, newBytes: 0 } as const;
  return statusTexts({ row, trimmed: 0, view, ...more }, rate, core, translate);
}

describe('the status bar', () => {
  it('says the state in words, and opens what can be done', () => {
    const { state } = texts({});
    assert.deepEqual([state!.text, state!.command], ['$(plug) echo: open', commands.processActions]);
    assert.equal(texts({ status: 'stop' }).state!.text, '$(plug) echo: stop');
    assert.equal(texts({ status: 'closed' }).state!.text, '$(plug) echo: closed');
  });

  it('says whether it is encrypted', () => {
    const { state } = texts({ encryption: 'TLS1.3' });
    assert.equal(state!.text, '$(lock) echo: open · TLS 1.3');
    assert.match(state!.tooltip, /^Process echo is open: choose what to do\nEncrypted: TLS 1\.3$/);
    const plain = texts({ encryption: 'none' }).state!;
    assert.equal(plain.text, '$(plug) echo: open · not encrypted');
    assert.match(plain.tooltip, /everybody on the way can read it/);
    const exit = { status: 'exit', command: ['sh'], exitStatus: 3 } as const;
    assert.equal(texts(exit).state!.text, '$(plug) echo: exit 3');
  });

  it('makes hostile and long names harmless', () => {
    const { state } = texts({ name: `$(zap)\u202e${'x'.repeat(300)}` });
    assert.match(state!.text, /^\$\(plug\) \$ \(zap\)\\u202ex+…: open$/);
    assert.ok(state!.text.length < 60);
    assert.doesNotMatch(state!.tooltip, /\u202e/);
  });

  it('says whether a document follows, and how a terminal is set', () => {
    const document = (following: boolean, newBytes: number): StatusTexts =>
      texts({}, 0, { view: { kind: 'document', following, newBytes } });
    assert.equal(document(true, 0).view!.text, 'following');
    assert.equal(document(true, 0).view!.command, commands.follow);
    assert.equal(document(false, 12_345).view!.text, 'frozen · 12 kB new');
    assert.equal(document(false, 0).view!.text, 'frozen');
    const terminal = texts({}, 0, { view: { kind: 'terminal', options: 'line by line, LF' } }).view!;
    assert.deepEqual([terminal.text, terminal.command], ['line by line, LF', commands.terminalOptions]);
  });

  it('says how it codes', () => {
    assert.deepEqual([texts({}).coding!.text, texts({}).coding!.command], ['utf-8-unix/none', commands.setCoding]);
  });

  it('says what was carried, trimmed and waits, and how fast; nothing for a listening server', () => {
    const facts = { traffic: traffic({ bytesReceived: 1_234_567, bytesSent: 40 }) };
    assert.equal(texts(facts).traffic!.text, '1.2 MB in · 40 B out');
    assert.equal(
      texts(facts, 250_000, { trimmed: 3_000_000 }).traffic!.text,
      '1.2 MB in · 40 B out · 3.0 M characters trimmed · 250 kB/s',
    );
    const queued = { traffic: traffic({ bytesQueued: 5_000_000 }) };
    assert.equal(texts(queued).traffic!.text, '0 B in · 0 B out · 5.0 MB waiting');
    assert.equal(texts({ isServer: true, status: 'listen' }).traffic, null);
    assert.ok(texts({ isServer: true, isDatagram: true }).traffic);
  });
});

/** Time that goes on by hand. */
class FakeTimers implements Timers {
  time = 0;
  private readonly due: { at: number; run: () => void }[] = [];
  now(): number {
    return this.time;
  }
  after(milliseconds: number, run: () => void): { dispose(): void } {
    const entry = { at: this.time + milliseconds, run };
    this.due.push(entry);
    return { dispose: () => void this.due.splice(this.due.indexOf(entry), 1) };
  }
  get waiting(): number {
    return this.due.length;
  }
  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

describe('the pace of the status bar', () => {
  it('is two a second at most, and at once after a pause', () => {
    const timers = new FakeTimers();
    let drawn = 0;
    const pace = new Pace(timers, () => (drawn++, false));
    for (let i = 0; i < 100; i++) {
      pace.poke();
      timers.pass(100);
    }
    assert.ok(drawn >= 20 && drawn <= 21, String(drawn));
    timers.pass(10_000);
    assert.equal(timers.waiting, 0);
    const before = drawn;
    pace.poke();
    timers.pass(0);
    assert.equal(drawn, before + 1);
  });

  it('goes on by itself while asked to, and not after a stop', () => {
    const timers = new FakeTimers();
    let drawn = 0;
    const pace = new Pace(timers, () => ++drawn < 5);
    pace.poke();
    timers.pass(10_000);
    assert.deepEqual([drawn, timers.waiting], [5, 0]);
    drawn = 0;
    pace.poke();
    timers.pass(600);
    pace.stop();
    timers.pass(10_000);
    assert.equal(drawn, 2);
  });
});

describe('a rate', () => {
  it('is that of the last seconds, and falls to nothing', () => {
    let time = 0;
    const meter = new RateMeter(() => time);
    assert.equal(meter.rate(1_000_000), 0);
    const rates: number[] = [];
    for (let i = 1; i <= 20; i++) {
      time = i * 500;
      rates.push(meter.rate(1_000_000 + i * 5_000));
    }
    assert.ok(
      rates.every((rate) => rate === 10_000),
      String(rates),
    );
    for (let i = 0; i < 6; i++) {
      time += 500;
      meter.rate(1_100_000);
    }
    assert.equal(meter.rate(1_100_000), 0);
  });
});

describe('a choice of coding system', () => {
  it('leaves the other direction as it is', () => {
    const now = { decode: 'undecided-unix', encode: 'utf-8-unix' };
    const choose = (base: string, eol: 'dos' | null, side: 'decode' | 'encode' | 'both') =>
      chosenCoding(now, { base, eol, side });
    assert.deepEqual(choose('iso-latin-1', 'dos', 'both'), { decode: 'iso-latin-1-dos', encode: 'iso-latin-1-dos' });
    assert.deepEqual(choose('utf-8', null, 'decode'), { decode: 'utf-8', encode: 'utf-8-unix' });
    assert.deepEqual(choose('cp437', 'dos', 'encode'), { decode: 'undecided-unix', encode: 'cp437-dos' });
  });

  it(
    'is offered from names that the core takes, in both directions and with every line end',
    withCore(async (registry) => {
      const peer = await plainServer(() => undefined);
      const process = (await registry.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: peer.port }))!;
      const names = registry.codingSystemList(true);
      assert.equal(new Set(names).size, names.length);
      for (const name of names) {
        for (const eol of ['', '-unix', '-dos', '-mac']) {
          registry.setProcessCodingSystem(process, `${name}${eol}`, `${name}${eol}`);
          await registry.processSendString(process, 'text\n');
        }
      }
      peer.close();
    }),
  );

  it('are found by any of their names', () => {
    const registry = createNetworkProcesses();
    assert.deepEqual(registry.codingSystemAliases('sjis-dos'), ['japanese-shift-jis', 'shift_jis', 'sjis']);
    assert.throws(() => registry.codingSystemAliases('no-such'), { code: 'NP_CODING_UNKNOWN' });
    registry.dispose();
  });
});
