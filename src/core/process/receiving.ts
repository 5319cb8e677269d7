import type { ByteLogEntry, Text } from '../api';
import type { Buffer as TextBuffer } from '../buffer/buffer';
import { codingSystem, isUnibyte, rawTextOf, type CodingSystem } from '../coding/codingSystem';
import { Decoder } from '../coding/decoder';
import { bytesToText } from '../coding/utf8';
import { NetworkProcessError } from '../errors';
import type { TrafficLog } from '../log/trafficLog';

const undecided = codingSystem('undecided')!;

export interface ReceivingPort {
  /** Whether the default filter puts it into a unibyte buffer. */
  bytesOnly(): boolean;
  /** The decoder has found out what was left open. */
  found(system: CodingSystem): void;
}

/** What of the traffic is decoded again. */
export interface Again {
  readonly buffer: TextBuffer;
  readonly log: TrafficLog;
  /** Where in the log the process's own bytes begin. */
  readonly ownFrom: number;
  /** The newest bytes received, which have not been delivered. */
  waiting(): number;
  /** Bytes of the log that are decoded at most; the oldest are left out. */
  readonly maxBytes: number;
  /** Nothing more will come. */
  isOver(): boolean;
}

/** The receiving half of a process: bytes to text, by the coding system that it names and what was found out about it. */
export class Receiving {
  private decoder: Decoder;
  /** Found out, and not yet told. */
  private news: CodingSystem | null = null;

  /** @param named As given; null is as good as `undecided`, but is told as null until something was read. */
  constructor(
    private readonly port: ReceivingPort,
    private named: CodingSystem | null,
  ) {
    this.decoder = this.makeDecoder();
  }

  get system(): CodingSystem | null {
    return this.named;
  }

  /** What it really decodes with, of which a unibyte buffer leaves only the line ends. */
  get inForce(): CodingSystem | null {
    return this.decoder.system;
  }

  /** True when it gives bytes, not characters. */
  get isUnibyte(): boolean {
    return isUnibyte(this.decoder.system);
  }

  set(system: CodingSystem | null): void {
    this.named = system;
    this.decoder = this.makeDecoder(this.decoder.pending);
  }

  /** From now on bytes, of which only line ends are converted. */
  setUnibyte(): void {
    this.set(rawTextOf(this.named));
  }

  /** Filter or buffer have changed. */
  refresh(): void {
    if (this.effective.name !== this.decoder.system?.name) this.decoder = this.makeDecoder(this.decoder.pending);
  }

  decode(bytes: Uint8Array): Text {
    const text = this.decoder.decode(bytes);
    this.tell();
    return text;
  }

  /** What is left at the end of a stream or a datagram. */
  flush(): Text {
    return this.decoder.flush();
  }

  /**
   * Decodes all that was received once more, and goes on from there.
   *
   * @returns the text as the buffer holds it
   * @throws NP_CAPTURE_GONE when the bytes are no longer kept, NP_CAPTURE_FAILED when they can't be read
   */
  async again(what: Again): Promise<string> {
    const { news } = this;
    try {
      for (;;) {
        const { name } = this.effective;
        const decoder = this.makeDecoder();
        const text = await decodeAll(what, decoder);
        // Another system may have been set while the bytes were read.
        if (name !== this.effective.name) continue;
        this.decoder = decoder;
        this.tell();
        return text;
      }
    } catch (error) {
      this.news = news;
      throw error;
    }
  }

  private tell(): void {
    if (!this.news) return;
    this.named = this.news;
    this.news = null;
    this.port.found(this.named);
  }

  /** What is really decoded with. */
  private get effective(): CodingSystem {
    const system = this.named ?? undecided;
    return this.port.bytesOnly() && !isUnibyte(system) ? rawTextOf(system) : system;
  }

  private makeDecoder(pending: Buffer | null = null): Decoder {
    const system = this.effective;
    this.news = system === this.named ? null : system;
    return new Decoder(system, (found) => (this.news = found), pending);
  }
}

async function decodeAll(what: Again, decoder: Decoder): Promise<string> {
  const entries = await received(what);
  const parts: Text[] = [];
  let left = entries.reduce((sum, { bytes }) => sum + bytes.length, 0) - what.waiting();
  let isOwn = false;
  for (const { bytes, peer, offset } of entries) {
    if (left <= 0) break;
    // What the process before it left unfinished is no part of this one's.
    if (!isOwn && offset >= what.ownFrom) parts.push(decoder.flush());
    isOwn = offset >= what.ownFrom;
    parts.push(decoder.decode(bytes.subarray(0, left)));
    if (peer !== null) parts.push(decoder.flush());
    left -= bytes.length;
  }
  if (what.isOver()) parts.push(decoder.flush());
  return parts.map((part) => (typeof part === 'string' ? what.buffer.adapt(part) : bytesToText(part))).join('');
}

/** What the log has of the bytes received till now: from disk when all of it is there, else from memory. */
async function received({ log, maxBytes }: Again): Promise<ByteLogEntry[]> {
  const { size, capture } = log;
  const isMeant = ({ direction, offset }: ByteLogEntry): boolean => direction === 'received' && offset < size;
  if (capture.state !== 'off' && capture.size === size) {
    const found: ByteLogEntry[] = [];
    for await (const entry of capture.entries(Math.max(size - maxBytes, 0), size)) {
      if (isMeant(entry)) found.push(entry);
    }
    return found;
  }
  if (log.bytesDropped > 0) {
    throw new NetworkProcessError('NP_CAPTURE_GONE', 'error', ['The bytes of the text shown are no longer kept']);
  }
  return log.entries.filter(isMeant);
}
