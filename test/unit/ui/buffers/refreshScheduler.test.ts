import assert from 'node:assert/strict';
import { RefreshScheduler } from '../../../../src/ui/buffers/refreshScheduler';
import { FakeClock } from './fakeClock';

describe('RefreshScheduler', () => {
  let clock: FakeClock;
  let visible: boolean;
  /** When updates began, and those at rest apart. */
  let begun: number[];
  let atRest: number[];
  let scheduler: RefreshScheduler;

  beforeEach(() => {
    clock = new FakeClock();
    visible = true;
    begun = [];
    atRest = [];
    scheduler = new RefreshScheduler(
      (isAtRest) => (isAtRest ? atRest : begun).push(clock.time),
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
    clock.advance(125);
    assert.deepEqual(begun, [0, 625]);
    scheduler.done();
    clock.advance(10_000);
    assert.deepEqual(begun, [0, 625]);
  });

  it('waits 1.25 times what the last update took, 80 ms to 1 s', () => {
    const expected = [
      { took: 1, next: 80 },
      { took: 100, next: 125 },
      { took: 1500, next: 1500 },
      { took: 10, next: 80 },
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

  it('waits four times as long as it took when nothing was left of what was shown, twice in a row', () => {
    scheduler.changed();
    for (const { isFlood, next } of [
      { isFlood: true, next: 125 },
      { isFlood: true, next: 400 },
      { isFlood: false, next: 125 },
      { isFlood: true, next: 125 },
    ]) {
      clock.advance(100);
      scheduler.changed();
      scheduler.done(isFlood);
      clock.advance(next - 100);
    }
    assert.deepEqual(begun, [0, 125, 525, 650, 775]);
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

  it('has one more update when nothing came for a second', () => {
    scheduler.changed();
    scheduler.done();
    clock.advance(500);
    scheduler.changed();
    scheduler.done();
    clock.advance(999);
    assert.deepEqual([begun, atRest], [[0, 500], []]);
    clock.advance(1);
    assert.deepEqual(atRest, [1500]);
    scheduler.done();
    clock.advance(60_000);
    assert.deepEqual([begun, atRest], [[0, 500], [1500]]);
  });

  it('rests only when it may, and not when there is something new', () => {
    scheduler.changed();
    scheduler.done();
    visible = false;
    clock.advance(60_000);
    assert.deepEqual(atRest, []);
    visible = true;
    scheduler.poke();
    assert.deepEqual(atRest, [60_000]);
    scheduler.done();
    scheduler.changed();
    clock.advance(100);
    assert.deepEqual(begun, [0, 60_080]);
    clock.advance(900);
    visible = false;
    scheduler.changed();
    scheduler.done();
    clock.advance(60_000);
    visible = true;
    scheduler.poke();
    assert.deepEqual([begun.length, atRest.length], [3, 1]);
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
