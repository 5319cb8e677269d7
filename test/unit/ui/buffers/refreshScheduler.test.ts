import assert from 'node:assert/strict';
import { RefreshScheduler, type Clock } from '../../../../src/ui/buffers/refreshScheduler';

class FakeClock implements Clock {
  time = 0;
  private timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((t) => t !== timer);
    };
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.time = next.at;
      this.timers = this.timers.filter((t) => t !== next);
      next.callback();
    }
    this.time = end;
  }

  get pending(): number {
    return this.timers.length;
  }
}

describe('RefreshScheduler', () => {
  let clock: FakeClock;
  let visible: boolean;
  let begun: number[];
  let scheduler: RefreshScheduler;

  beforeEach(() => {
    clock = new FakeClock();
    visible = true;
    begun = [];
    scheduler = new RefreshScheduler(
      () => begun.push(clock.time),
      () => visible,
      clock,
    );
  });

  it('begins at once after a quiet time', () => {
    scheduler.changed();
    assert.deepEqual(begun, [0]);
  });

  it('has one update at a time and merges what comes meanwhile', () => {
    for (let i = 0; i < 100; i++) scheduler.changed();
    clock.advance(500);
    assert.deepEqual(begun, [0]);
    scheduler.done();
    assert.deepEqual(begun, [0]);
    clock.advance(500);
    assert.deepEqual(begun, [0, 1000]);
    scheduler.done();
    clock.advance(10_000);
    assert.deepEqual(begun, [0, 1000]);
  });

  it('waits twice what the last update took, 50 ms to 1 s', () => {
    const expected = [
      { took: 1, next: 50 },
      { took: 100, next: 200 },
      { took: 1500, next: 1500 },
      { took: 10, next: 50 },
    ];
    let start = 0;
    scheduler.changed();
    for (const { took, next } of expected) {
      scheduler.changed();
      clock.advance(took);
      scheduler.done();
      clock.advance(1000);
      start += next;
      assert.equal(begun.at(-1), start, `after ${took}`);
      clock.time = start;
    }
  });

  it('goes on when an update never comes through', () => {
    scheduler.changed();
    scheduler.changed();
    clock.advance(1999);
    assert.equal(begun.length, 1);
    clock.advance(1);
    assert.deepEqual(begun, [0, 2000]);
  });

  it('waits until it may', () => {
    visible = false;
    scheduler.changed();
    clock.advance(10_000);
    assert.deepEqual(begun, []);
    assert.equal(clock.pending, 0);
    visible = true;
    scheduler.poke();
    assert.deepEqual(begun, [10_000]);
    scheduler.done();
    scheduler.poke();
    clock.advance(10_000);
    assert.equal(begun.length, 1);
  });

  it('asks again when the interval is over', () => {
    scheduler.changed();
    scheduler.done();
    scheduler.changed();
    visible = false;
    clock.advance(1000);
    assert.equal(begun.length, 1);
    visible = true;
    scheduler.poke();
    assert.equal(begun.length, 2);
  });

  it('takes a done that nobody waits for', () => {
    scheduler.done();
    scheduler.changed();
    assert.equal(begun.length, 1);
  });

  it('does nothing after dispose', () => {
    scheduler.changed();
    scheduler.changed();
    scheduler.dispose();
    scheduler.done();
    scheduler.changed();
    clock.advance(10_000);
    assert.equal(begun.length, 1);
    assert.equal(clock.pending, 0);
  });
});
