import type { NetworkAddress } from '../api';
import { readable, writable, type Addon, type NativeSocket } from '../native/addon';
import { receiveAll } from '../native/receiveBatch';
import { readNativeOptions, setNativeOption, type GivenOption } from './socketOptions';
import { again, systemError } from './systemError';
import type { Sent, StreamTransport } from './transport';

const ignore = (): void => undefined;
/** The sender is known: the peer. */
const nobody = ignore;

/** Packets that wait are given to the system together, so many at most. */
const packetsAtOnce = 64;

interface Waiting {
  /** Null is the end of file. */
  readonly bytes: Uint8Array | null;
  readonly sent: Sent;
}

/** A connection that Node has no stream for: packets, which stay whole, and streams of other families. */
export class NativeStream implements StreamTransport {
  onData: (bytes: Buffer, size: number) => void = ignore;
  onEnd: ((error: unknown) => void) | null = null;
  private readonly waiting: Waiting[] = [];
  /** What is sent in one go is given to the system together, when that is over. */
  private isDue = false;
  private reading = false;
  private watched = 0;
  private over = false;

  constructor(
    private readonly addon: Addon,
    private readonly socket: NativeSocket,
    readonly local: NetworkAddress,
    readonly remote: NetworkAddress,
    readonly hasPackets: boolean,
  ) {}

  setReading(on: boolean): void {
    this.reading = on;
    this.watch();
  }

  write(bytes: Uint8Array, sent: Sent): void {
    this.add({ bytes, sent });
  }

  end(sent: Sent): void {
    this.add({ bytes: null, sent });
  }

  setOption(option: GivenOption): void {
    this.flushDue();
    setNativeOption(this.addon, this.socket, option);
  }

  options(): Record<string, unknown> {
    return readNativeOptions(this.addon, this.socket);
  }

  close(): void {
    this.onData = ignore;
    this.onEnd = null;
    this.flushDue();
    this.over = true;
    this.socket.close();
  }

  /** The system took no more. */
  private get isFull(): boolean {
    return this.waiting.length > 0 && !this.isDue;
  }

  private add(waiting: Waiting): void {
    this.waiting.push(waiting);
    if (this.waiting.length > 1) return;
    this.isDue = true;
    queueMicrotask(this.flushDue);
  }

  private readonly flushDue = (): void => {
    if (this.isDue) this.flush();
  };

  private watch(): void {
    const events = this.over ? 0 : (this.reading ? readable : 0) | (this.isFull ? writable : 0);
    if (events === this.watched) return;
    this.watched = events;
    this.socket.watch(events, this.ready);
  }

  private readonly ready = (events: number): void => {
    if (events < 0) return this.finish(systemError(events));
    if (events & writable) this.flush();
    if (events & readable) this.read();
  };

  private read(): void {
    const goesOn = (): boolean => {
      // What was answered goes before more is taken: so both sides work at once.
      this.flushDue();
      return this.reading && !this.over;
    };
    const result = receiveAll(this.socket, goesOn, nobody, (bytes, size) => {
      if (this.over) return;
      // A packet of nothing looks like the end, but for whether the peer has gone.
      if (bytes.length === 0 && (!this.hasPackets || this.socket.peerEnded())) return this.finish(null);
      this.onData(bytes, size);
    });
    if (result < 0) this.drain(systemError(result));
  }

  /** Gives the system what waits, until it takes no more. */
  private flush(): void {
    this.isDue = false;
    while (this.waiting.length > 0 && !this.over) {
      const result = this.giveFirst();
      if (result === again) break;
      const error = result < 0 ? systemError(result) : null;
      // An error is the first one's alone.
      for (const { sent } of this.waiting.splice(0, error ? 1 : result)) sent(error);
      // As a stream: what came is delivered, and then the end, stopped or not.
      if (error?.code === 'EPIPE') this.drain(null);
    }
    this.watch();
  }

  /** Hands on all that there still is, then tells the end: a reset comes before what was sent before it. */
  private drain(end: unknown): void {
    let isMore = true;
    while (isMore && !this.over) {
      isMore = false;
      const result = receiveAll(
        this.socket,
        () => !this.over,
        nobody,
        (bytes, size) => {
          isMore = bytes.length > 0;
          if (isMore) this.onData(bytes, size);
        },
      );
      if (result < 0) break;
    }
    this.finish(end);
  }

  /** @returns How many of those that wait have gone, or a negative error number. */
  private giveFirst(): number {
    const { bytes, sent } = this.waiting[0]!;
    if (!bytes) return Math.min(this.socket.shutdown(1), 0) || 1;
    if (this.hasPackets && this.waiting.length > 1) return this.socket.sendMany(this.packets(), 0, null);
    const result = this.socket.send(bytes, null);
    if (result < 0 || this.hasPackets || result === bytes.length) return Math.min(result, 0) || 1;
    this.waiting[0] = { bytes: bytes.subarray(result), sent };
    return 0;
  }

  private packets(): Uint8Array[] {
    const packets = [];
    for (const { bytes } of this.waiting) {
      if (!bytes || packets.length === packetsAtOnce) break;
      packets.push(bytes);
    }
    return packets;
  }

  private finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.watch();
    this.onEnd?.(error);
  }
}
