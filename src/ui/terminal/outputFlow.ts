import type { Disposable } from '../../core';
import type { Timers } from '../rows/refreshQueue';

/** Bytes that wait: at `high`, the socket is left unread; reading goes on at `low`. */
const high = 1024 * 1024;
const low = high / 2;
/**
 * No more is under way than the terminal draws in so long, and the time in which it answers when it is idle; but at
 * least `least` and at most `most` characters. With less, the terminal would wait for us now and then; but the keys
 * typed wait for that much.
 */
const leadMs = { watched: 50, typed: 20 };
/** So long after a key, somebody is taken to be typing. */
const typingMs = 2000;
const least = 128 * 1024;
const most = 1024 * 1024;
/** How long its speed is measured at a time. */
const measureMs = 200;
/** Bytes kept when the rest is skipped. */
const tailBytes = 128 * 1024;
/** Bytes of one item at most. */
export const itemBytes = 4096;
/** Output that follows other output waits so long for more. */
const gatherMs = 6;
/** How often a terminal is looked at that has something to draw; when it drew nothing three times, it is stuck. */
const watchMs = 1000;
const mostQuiet = 3;

/** What to do with output that comes faster than the terminal draws it. */
export type WhenBehind = 'slow' | 'skip';

/** What waits to be written, as the painter takes it. */
export type OutputItem =
  | { readonly kind: 'text'; text: string; bytes: number }
  | { readonly kind: 'line'; readonly line: string }
  /** What comes next does not follow what came before. */
  | { readonly kind: 'end' }
  | { readonly kind: 'skipped'; bytes: number };

/** Writes to the terminal. */
export interface OutputSink {
  /** The text of a piece, from at least one item; `next` gives the items as long as there are any and they are wanted. */
  paint(next: (length: number) => OutputItem | undefined): string;
  /** Writes a piece, or nothing, and asks the terminal to answer with `number` when all before that is drawn. */
  write(piece: string, number: number): void;
  /** Whether the socket is to be left unread. */
  hold(held: boolean): void;
}

/** Time, so that tests need not wait for it. */
export interface FlowTimers extends Timers {
  /** When everything else that is due has had its turn. */
  soon(run: () => void): Disposable;
}

/**
 * Output on its way to a terminal, in pieces, each of which the terminal answers when it has drawn it. Only so much
 * is under way that the terminal stays quick, above all for who types; then the socket is left unread, or, by choice
 * and when the terminal does not answer at all, all but the newest is skipped.
 */
export class OutputFlow implements Disposable {
  private items: OutputItem[] = [];
  private waitingBytes = 0;
  /** Pieces that are not drawn yet, the oldest first. */
  private readonly underWay: { readonly number: number; readonly length: number; readonly at: number }[] = [];
  private underWayLength = 0;
  /** Characters a millisecond that the terminal draws; null until it was measured. */
  private speed: number | null = null;
  private typedAt = -Infinity;
  /** Null while the terminal has nothing to do. */
  private measuredFrom: number | null = null;
  private measured = 0;
  /** Milliseconds that the quickest answer took. */
  private roundTrip = measureMs;
  /** Pieces written so far. */
  private written = 0;
  private isDisposed = false;
  private isHeld = false;
  private isStuck = false;
  private quietTimes = 0;
  private lastWrite = -Infinity;
  private turn: Disposable | null = null;
  private watch: Disposable | null = null;

  constructor(
    private readonly sink: OutputSink,
    private readonly timers: FlowTimers,
    private whenBehind: WhenBehind,
  ) {}

  setWhenBehind(whenBehind: WhenBehind): void {
    this.whenBehind = whenBehind;
    this.balance();
  }

  /** @param bytes How many bytes the text was; at most `itemBytes`. */
  add(text: string, bytes: number): void {
    if (this.isDisposed) return;
    const last = this.items.at(-1);
    if (last?.kind === 'text' && last.bytes + bytes <= itemBytes) {
      last.text += text;
      last.bytes += bytes;
    } else this.items.push({ kind: 'text', text, bytes });
    this.waitingBytes += bytes;
    this.balance();
    this.schedule();
  }

  /** A line of our own, in its place behind what came before. */
  addLine(line: string): void {
    if (this.isDisposed) return;
    this.items.push({ kind: 'line', line });
    this.schedule();
  }

  /** Nothing more comes from where the text came from so far. */
  addEnd(): void {
    if (this.isDisposed) return;
    this.items.push({ kind: 'end' });
    this.schedule();
  }

  /** A key was pressed in the terminal. */
  typed(): void {
    this.typedAt = this.timers.now();
  }

  /** The terminal has drawn the pieces up to this number. An answer may get lost: a later one stands for it. */
  drawn(number: number): void {
    if (!this.underWay.some((piece) => piece.number === number)) return;
    while (this.underWay[0] && this.underWay[0].number <= number) {
      const { length, at } = this.underWay.shift()!;
      this.roundTrip = Math.min(this.roundTrip, this.timers.now() - at);
      this.underWayLength -= length;
      this.measured += length;
    }
    this.measure();
    if (this.underWay.length === 0 && this.items.length === 0) this.measuredFrom = null;
    this.isStuck = false;
    this.quietTimes = 0;
    this.balance();
    this.schedule();
  }

  dispose(): void {
    this.isDisposed = true;
    this.turn?.dispose();
    this.watch?.dispose();
    this.items = [];
    this.setHeld(false);
  }

  private get mayWrite(): boolean {
    return this.items.length > 0 && !this.isStuck && this.underWayLength < this.window;
  }

  /** What may be under way. */
  private get window(): number {
    if (this.speed === null) return 2 * least;
    const lead = this.timers.now() - this.typedAt < typingMs ? leadMs.typed : leadMs.watched;
    return Math.min(Math.max(this.speed * (this.roundTrip + lead), least), most);
  }

  /** Two pieces make the window: few and large ones cost least, and while one is drawn the other is on its way. */
  private get pieceLength(): number {
    return this.window / 2;
  }

  private schedule(): void {
    if (this.turn || !this.mayWrite) return;
    const run = (): void => {
      this.turn = null;
      this.writePiece();
    };
    const quiet = this.timers.now() - this.lastWrite;
    const isReady = this.waitingBytes >= this.pieceLength || quiet >= gatherMs;
    this.turn = isReady ? this.timers.soon(run) : this.timers.after(gatherMs - quiet, run);
  }

  private writePiece(): void {
    if (!this.mayWrite) return;
    let taken = 0;
    const { pieceLength } = this;
    const piece = this.sink.paint((length) => {
      const item = length < pieceLength ? this.items[taken] : undefined;
      if (!item) return undefined;
      taken += 1;
      if (item.kind === 'text') this.waitingBytes -= item.bytes;
      return item;
    });
    this.items.splice(0, taken);
    this.lastWrite = this.timers.now();
    if (piece !== '') {
      const number = ++this.written;
      if (this.measuredFrom === null) this.startMeasuring();
      this.underWay.push({ number, length: piece.length, at: this.lastWrite });
      this.underWayLength += piece.length;
      this.watch ??= this.startWatch();
      this.sink.write(piece, number);
    }
    this.balance();
    this.schedule();
  }

  private startMeasuring(): void {
    this.measuredFrom = this.timers.now();
    this.measured = 0;
  }

  private measure(): void {
    const took = this.timers.now() - this.measuredFrom!;
    if (took < measureMs) return;
    this.speed = this.measured / took;
    this.startMeasuring();
  }

  private startWatch(): Disposable {
    return this.timers.after(watchMs, () => {
      this.watch = null;
      if (this.underWay.length === 0) return;
      // Not the first time: that may be a pause of this program itself.
      this.quietTimes += 1;
      this.isStuck ||= this.quietTimes >= mostQuiet;
      // It may have drawn all, and the answers were lost.
      if (this.isStuck) this.sink.write('', this.written);
      this.balance();
      this.watch = this.startWatch();
    });
  }

  private balance(): void {
    if (this.isDisposed) return;
    const { waitingBytes } = this;
    if (this.whenBehind === 'slow' && !this.isStuck) {
      return this.setHeld(this.isHeld ? waitingBytes > low : waitingBytes >= high);
    }
    this.setHeld(false);
    if (waitingBytes > high) this.skip();
  }

  /** Skips all but the newest; lines of our own stay. */
  private skip(): void {
    const kept: OutputItem[] = [];
    for (const item of this.items) {
      const last = kept.at(-1);
      if (item.kind === 'skipped' && last?.kind === 'skipped') last.bytes += item.bytes;
      else if (item.kind !== 'text' || this.waitingBytes <= tailBytes) kept.push(item);
      else {
        this.waitingBytes -= item.bytes;
        if (last?.kind === 'skipped') last.bytes += item.bytes;
        else kept.push({ kind: 'skipped', bytes: item.bytes });
      }
    }
    this.items = kept;
  }

  private setHeld(held: boolean): void {
    if (held === this.isHeld) return;
    this.isHeld = held;
    this.sink.hold(held);
  }
}
