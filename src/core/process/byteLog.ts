import type { ByteLog, ByteLogEntry } from '../api';

/** What an entry takes besides its bytes, roughly: many small ones must not take more memory than they say. */
const entryCost = 256;

/** The newest traffic of a process, oldest dropped whole when more than `limit()` bytes are held. */
export class BoundedByteLog implements ByteLog {
  private held: ByteLogEntry[] = [];
  private first = 0;
  private bytes = 0;
  private dropped = 0;

  constructor(private readonly limit: () => number) {}

  get entries(): readonly ByteLogEntry[] {
    return this.held.slice(this.first);
  }

  get bytesDropped(): number {
    return this.dropped;
  }

  append(entry: ByteLogEntry): void {
    this.held.push(entry);
    this.bytes += entry.bytes.length + entryCost;
    const limit = this.limit();
    while (this.bytes > limit && this.first < this.held.length - 1) {
      const old = this.held[this.first]!.bytes.length;
      this.bytes -= old + entryCost;
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
