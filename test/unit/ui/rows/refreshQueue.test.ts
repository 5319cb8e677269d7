import assert from 'node:assert/strict';
import { RefreshQueue, type Timers } from '../../../../src/ui/rows/refreshQueue';
import type { Row } from '../../../../src/ui/rows/row';
import { RowModel } from '../../../../src/ui/rows/rowModel';
import { FakeCore } from '../fakeCore';

/** Time that passes when told. */
class FakeTimers implements Timers {
  private time = 0;
  private waiting: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): { dispose(): void } {
    const timer = { at: this.time + milliseconds, run };
    this.waiting.push(timer);
    return { dispose: () => (this.waiting = this.waiting.filter((t) => t !== timer)) };
  }

  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.waiting.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting = this.waiting.filter((t) => t !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }

  get count(): number {
    return this.waiting.length;
  }
}

describe('RefreshQueue', () => {
  let core: FakeCore;
  let timers: FakeTimers;
  let draws: (readonly Row[] | 'all')[];
  let summaries: number;
  let queue: RefreshQueue;
  let model: RowModel;

  beforeEach(() => {
    core = new FakeCore();
    timers = new FakeTimers();
    draws = [];
    summaries = 0;
    queue = new RefreshQueue({ draw: (rows) => draws.push(rows), summarize: () => summaries++ }, timers);
    model = new RowModel(core, (change) => queue.add(change));
    queue.setVisible(true);
  });

  it('draws at once after a pause, then at most four times a second', () => {
    const p = core.add();
    timers.pass(0);
    assert.deepEqual(draws, ['all']);
    for (let i = 0; i < 100; i++) {
      core.tell(p, 'state');
      timers.pass(10);
    }
    assert.equal(draws.length, 5);
    assert.deepEqual(draws[1], [model.rowOf(p)]);
    assert.equal(summaries, 5);
  });

  it('draws counters at most once a second', () => {
    const p = core.add();
    timers.pass(1000);
    draws.length = 0;
    for (let i = 0; i < 299; i++) {
      core.tell(p, 'traffic');
      timers.pass(10);
    }
    assert.equal(draws.length, 3);
  });

  it('draws only what changed among 1,000 processes, each once', () => {
    const processes = Array.from({ length: 1000 }, () => core.add());
    timers.pass(1000);
    assert.deepEqual(draws, ['all']);
    draws.length = 0;
    for (let i = 0; i < 50; i++) for (const p of processes.slice(0, 10)) core.tell(p, 'traffic');
    timers.pass(1000);
    assert.equal(draws.length, 1);
    assert.equal(draws[0]?.length, 10);
    for (const p of processes) for (let i = 0; i < 5; i++) core.tell(p, 'traffic');
    timers.pass(1000);
    assert.equal(draws.length, 2);
    assert.equal(draws[1]?.length, 1000);
    assert.equal(timers.count, 0);
  });

  it('draws nothing while hidden but counts, and everything once when shown again', () => {
    queue.setVisible(false);
    const p = core.add();
    core.tell(p, 'traffic');
    timers.pass(5000);
    assert.deepEqual(draws, []);
    assert.equal(summaries, 1);
    queue.setVisible(true);
    assert.deepEqual(draws, ['all']);
    queue.setVisible(false);
    queue.setVisible(true);
    assert.equal(draws.length, 1);
  });

  it('leaves no timer behind', () => {
    const p = core.add();
    core.tell(p, 'traffic');
    queue.dispose();
    assert.equal(timers.count, 0);
    timers.pass(5000);
    assert.deepEqual(draws, []);
  });
});
