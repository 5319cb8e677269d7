import type { ByteLog, ByteLogEntry, Event } from '../api';
import { Emitter, type ErrorSink } from '../base/event';
import type { TrafficCapture } from './trafficCapture';

/** What an entry takes besides its bytes, roughly: many small ones must not take more memory than they say. */
const entryCost = 256;

/** All traffic of a process: a ring of the newest in memory, oldest dropped whole, and the capture on disk. */
export class TrafficLog implements ByteLog {
  private held: ByteLogEntry[] = [];
  private first = 0;
  private heldBytes = 0;
  private dropped = 0;
  private total = 0;
  /** The process that writes it; another may go on with it when that one is closed. */
  owner: { readonly isClosed: boolean } | null = null;
  private readonly appended: Emitter<ByteLogEntry>;

  /** @param limit Bytes kept in memory, `entryCost` for each entry included. */
  constructor(
    private readonly limit: () => number,
    readonly capture: TrafficCapture,
    onError: ErrorSink,
  ) {
    this.appended = new Emitter(onError);
  }

  get entries(): readonly ByteLogEntry[] {
    return this.held.slice(this.first);
  }

  get bytesDropped(): number {
    return this.dropped;
  }

  get size(): number {
    return this.total;
  }

  get onDidAppend(): Event<ByteLogEntry> {
    return this.appended.event;
  }

  append(piece: Omit<ByteLogEntry, 'offset'>): void {
    const entry: ByteLogEntry = { offset: this.total, ...piece };
    this.total += entry.bytes.length;
    this.keep(entry);
    this.capture.append(entry);
    this.appended.fire(entry);
  }

  private keep(entry: ByteLogEntry): void {
    this.held.push(entry);
    this.heldBytes += entry.bytes.length + entryCost;
    const limit = this.limit();
    while (this.heldBytes > limit && this.first < this.held.length - 1) {
      const old = this.held[this.first]!.bytes.length;
      this.heldBytes -= old + entryCost;
      this.dropped += old;
      this.first += 1;
    }
    // Dropping one by one from the front of an array is slow; it is cut when half of it is dead.
    if (this.first > 64 && this.first > this.held.length / 2) {
      this.held = this.held.slice(this.first);
      this.first = 0;
    }
  }
}
