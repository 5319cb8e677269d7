import assert from 'node:assert/strict';
import type { Disposable } from '../../../../src/core';
import { OutputFlow, type FlowTimers, type OutputItem, type OutputSink } from '../../../../src/ui/terminal/outputFlow';

const kibi = 1024;
const mebi = 1024 * kibi;

/** Time moved by hand. */
class Clock implements FlowTimers {
  time = 0;
  private runs: { at: number; run: () => void }[] = [];
  now = (): number => this.time;
  after(ms: number, run: () => void): Disposable {
    const entry = { at: this.time + ms, run };
    this.runs.push(entry);
    return { dispose: () => (this.runs = this.runs.filter((one) => one !== entry)) };
  }
  soon(run: () => void): Disposable {
    return this.after(0, run);
  }
  /** One turn: what is due now. */
  turn(): void {
    const due = this.runs.filter(({ at }) => at <= this.time);
    this.runs = this.runs.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
  }
  advance(ms: number): void {
    for (const end = this.time + ms; this.time < end; this.time++) this.turn();
    this.turn();
  }
  get pending(): number {
    return this.runs.length;
  }
}

/** A terminal that draws when it is told to. */
class Sink implements OutputSink {
  pieces: string[] = [];
  /** Numbers of the pieces, and of what was asked again. */
  asked: number[] = [];
  isHeld = false;
  holds = 0;
  paint(next: (length: number) => OutputItem | undefined): string {
    let piece = '';
    for (let item = next(piece.length); item; item = next(piece.length)) piece += this.shown(item);
    return piece;
  }
  write(piece: string, number: number): void {
    if (piece !== '') this.pieces.push(piece);
    this.asked.push(number);
  }
  hold(held: boolean): void {
    this.isHeld = held;
    if (held) this.holds++;
  }
  get text(): string {
    return this.pieces.join('');
  }
  protected shown(item: OutputItem): string {
    if (item.kind === 'end') return '[end]';
    return item.kind === 'text' ? item.text : item.kind === 'line' ? `[${item.line}]` : `[${item.bytes} skipped]`;
  }
}

describe('OutputFlow', () => {
  let clock: Clock;
  let sink: Sink;
  let flow: OutputFlow;

  const start = (whenBehind: 'slow' | 'skip', into = new Sink()): void => {
    clock = new Clock();
    sink = into;
    flow = new OutputFlow(sink, clock, whenBehind);
  };
  const add = (bytes: number, c = 'x'): void => {
    for (let rest = bytes; rest > 0; rest -= 4 * kibi)
      flow.add(c.repeat(Math.min(rest, 4 * kibi)), Math.min(rest, 4 * kibi));
  };
  const drawAll = (): void => {
    for (let drawn = 0; drawn < sink.pieces.length; drawn++) {
      flow.drawn(drawn + 1);
      clock.advance(20);
    }
  };

  beforeEach(() => start('slow'));

  it('writes what comes after quiet in the next turn, and gathers what follows', () => {
    clock.time = 100;
    flow.add('a', 1);
    clock.turn();
    assert.deepEqual(sink.pieces, ['a']);
    for (const one of 'bcd') flow.add(one, 1);
    clock.turn();
    assert.deepEqual(sink.pieces, ['a']);
    clock.advance(10);
    assert.deepEqual(sink.pieces, ['a', 'bcd']);
  });

  it('writes one piece a turn, of half of what may be under way, however much one byte becomes', () => {
    class Wide extends Sink {
      protected override shown(item: OutputItem): string {
        return item.kind === 'text' ? item.text.replaceAll('x', '\\u202e') : super.shown(item);
      }
    }
    start('slow', new Wide());
    add(300 * kibi);
    clock.turn();
    assert.equal(sink.pieces.length, 1);
    clock.advance(200);
    const item = 4 * kibi * '\\u202e'.length;
    assert.equal(sink.pieces.filter((p) => p.length > 128 * kibi + item).length, 0);
    assert.ok(sink.text.length < 256 * kibi + 2 * item);
    drawAll();
    assert.equal(sink.text.length, 300 * kibi * 6);
  });

  it('leaves the socket unread when 1 MiB waits, and reads again at half of that', () => {
    add(256 * kibi);
    clock.advance(50);
    add(mebi - 8 * kibi);
    assert.equal(sink.isHeld, false);
    add(3 * mebi);
    assert.equal(sink.isHeld, true);
    const added = 4 * mebi + 248 * kibi;
    let drawn = 0;
    for (; sink.isHeld; drawn++) {
      assert.ok(added - sink.text.length > mebi / 2);
      flow.drawn(drawn + 1);
      clock.advance(20);
    }
    assert.ok(added - sink.text.length <= mebi / 2);
    drawAll();
    assert.equal(sink.text, 'x'.repeat(added));
    assert.equal(sink.holds, 1);
  });

  it('has under way what is drawn in 50 ms, in 20 while somebody types, and 128 Ki to 1 Mi', () => {
    /** The most, once the terminal's speed is known. */
    const underWayAt = (bytesASecond: number, isTyping = false): number => {
      start('slow');
      add(60 * mebi);
      const lengthOf = (pieces: string[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
      let [drawn, drawnLength, most] = [0, 0, 0];
      for (let i = 1; i <= 100; i++) {
        clock.advance(5);
        if (isTyping) flow.typed();
        if (i > 80) most = Math.max(most, lengthOf(sink.pieces.slice(drawn)));
        for (let piece = sink.pieces[drawn]; piece; piece = sink.pieces[drawn]) {
          if (drawnLength + piece.length > (i * bytesASecond) / 200) break;
          drawnLength += piece.length;
          flow.drawn(++drawn);
        }
      }
      return most;
    };
    const slow = underWayAt(mebi / 2);
    assert.ok(slow >= 128 * kibi && slow <= 136 * kibi, String(slow));
    const usual = underWayAt(8 * mebi);
    assert.ok(usual > 200 * kibi && usual < 600 * kibi, String(usual));
    const typing = underWayAt(8 * mebi, true);
    assert.ok(typing > 128 * kibi && typing < 0.7 * usual, `${typing} and ${usual}`);
    const fast = underWayAt(100 * mebi);
    assert.ok(fast > 600 * kibi && fast <= mebi + 8 * kibi, String(fast));
  });

  it('skips to the newest when that was chosen, and tells how many bytes; lines of our own stay', () => {
    start('skip');
    add(2 * mebi, 'a');
    flow.addLine('note');
    add(2 * mebi, 'b');
    clock.advance(500);
    assert.equal(sink.isHeld, false);
    drawAll();
    const match = /^(a*)\[(\d+) skipped\]\[note\]\[(\d+) skipped\](b+)$/.exec(sink.text);
    assert.ok(match, sink.text.slice(0, 100));
    const [, a = '', first, second, b = ''] = match;
    assert.equal(a.length + Number(first), 2 * mebi);
    assert.equal(b.length + Number(second), 2 * mebi);
  });

  it('lets the socket go when that is chosen later, and holds it when the other is', () => {
    add(2 * mebi);
    assert.equal(sink.isHeld, true);
    flow.setWhenBehind('skip');
    assert.equal(sink.isHeld, false);
    clock.advance(500);
    add(mebi - 200 * kibi);
    flow.setWhenBehind('slow');
    add(200 * kibi);
    assert.equal(sink.isHeld, true);
  });

  it('gives up on a terminal that draws nothing for two seconds: reads on and skips', () => {
    add(2 * mebi);
    clock.advance(1900);
    assert.equal(sink.isHeld, true);
    clock.advance(1500);
    assert.equal(sink.isHeld, false);
    const written = sink.text.length;
    add(3 * mebi, 'y');
    clock.advance(5000);
    assert.equal(sink.text.length, written);
    flow.drawn(1);
    clock.advance(500);
    drawAll();
    assert.match(sink.text, /^x+\[\d+ skipped\]y+$/);
  });

  it('is not misled by a pause of the program', () => {
    add(2 * mebi);
    clock.advance(100);
    // Timers of five seconds are due at once, before what the terminal sent is read.
    clock.time += 5000;
    clock.turn();
    assert.equal(sink.isHeld, true);
    drawAll();
    assert.equal(sink.text, 'x'.repeat(2 * mebi));
  });

  it('ends the text of one peer before that of the next, even if both are skipped', () => {
    start('skip');
    add(2 * mebi, 'a');
    flow.addEnd();
    add(2 * mebi, 'b');
    clock.advance(500);
    drawAll();
    assert.match(sink.text, /^a*\[\d+ skipped\]\[end\]\[\d+ skipped\]b+$/);
  });

  it('loses nothing with an answer: a later one stands for it', () => {
    add(4 * mebi);
    clock.advance(500);
    flow.drawn(sink.pieces.length);
    clock.advance(500);
    const written = sink.pieces.length;
    flow.drawn(written);
    clock.advance(500);
    assert.ok(sink.pieces.length > written);
    flow.drawn(written + 1_000);
    flow.drawn(-1);
    drawAll();
    assert.equal(sink.text, 'x'.repeat(4 * mebi));
  });

  it('asks a terminal that is stuck again, and goes on when it answers', () => {
    flow.add('lost', 4);
    clock.advance(2900);
    assert.deepEqual(sink.asked, [1]);
    clock.advance(1000);
    flow.add('more', 4);
    clock.advance(1000);
    assert.deepEqual(sink.asked, [1, 1, 1]);
    assert.equal(sink.text, 'lost');
    flow.drawn(1);
    clock.advance(10);
    assert.equal(sink.text, 'lostmore');
  });

  it('stays at an end, whatever was about to happen', () => {
    clock.soon(() => flow.addLine('late'));
    flow.dispose();
    add(2 * mebi);
    flow.setWhenBehind('slow');
    clock.advance(2000);
    assert.deepEqual(sink.pieces, []);
    assert.equal(sink.isHeld, false);
    assert.equal(clock.pending, 0);
  });

  it('ends: nothing is held, nothing is waited for', () => {
    add(2 * mebi);
    clock.advance(10);
    flow.dispose();
    assert.equal(sink.isHeld, false);
    assert.equal(clock.pending, 0);
  });
});
