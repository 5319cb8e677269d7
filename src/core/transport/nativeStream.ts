import type { NetworkAddress } from '../api';
import { readable, writable, type Addon, type NativeSocket } from '../native/addon';
import { receiveBatch } from '../native/receiveBatch';
import { readNativeOptions, setNativeOption, type GivenOption } from './socketOptions';
import { systemError } from './systemError';
import type { Sent, StreamTransport } from './transport';

const ignore = (): void => undefined;

interface Waiting {
  /** Null is the end of file. */
  readonly bytes: Uint8Array | null;
  readonly sent: Sent;
}

/** A connection that Node has no stream for: packets, which stay whole, and streams of other families. */
export class NativeStream implements StreamTransport {
  onData: (bytes: Buffer, size: number) => void = ignore;
  onEnd: (error: unknown) => void = ignore;
  private readonly waiting: Waiting[] = [];
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
    this.waiting.push({ bytes, sent });
    if (this.waiting.length === 1) this.flush();
  }

  end(sent: Sent): void {
    this.waiting.push({ bytes: null, sent });
    if (this.waiting.length === 1) this.flush();
  }

  setOption(option: GivenOption): void {
    setNativeOption(this.addon, this.socket, option);
  }

  options(): Record<string, unknown> {
    return readNativeOptions(this.addon, this.socket);
  }

  close(): void {
    this.over = true;
    this.onData = ignore;
    this.onEnd = ignore;
    this.socket.close();
  }

  private watch(): void {
    const events = this.over ? 0 : (this.reading ? readable : 0) | (this.waiting.length > 0 ? writable : 0);
    if (events === this.watched) return;
    this.watched = events;
    this.socket.watch(events, this.ready);
  }

  private readonly ready = (events: number): void => {
    // An error of the socket, of which watching ends: what is done next will be told which.
    if (events < 0) this.watched = 0;
    if (events < 0 || events & writable) this.flush();
    if (this.reading && (events < 0 || events & readable)) this.read();
    if (!this.over) this.watch();
  };

  private read(): void {
    const count = receiveBatch(this.socket, (bytes, size) => {
      if (this.over) return;
      // A packet of nothing looks like the end, but for whether the peer has gone.
      if (bytes.length === 0 && (!this.hasPackets || this.socket.peerEnded())) return this.finish(null);
      this.onData(bytes, size);
    });
    if (count >= 0 || this.over) return;
    const error = systemError(count);
    if (error.code !== 'EAGAIN') this.finish(error);
  }

  /** Gives the system what waits, until it takes no more. */
  private flush(): void {
    while (this.waiting.length > 0 && !this.over) {
      const { bytes, sent } = this.waiting[0]!;
      const result = bytes ? this.socket.send(bytes, null) : this.socket.shutdown(1);
      if (bytes && result >= 0 && result < bytes.length) {
        this.waiting[0] = { bytes: bytes.subarray(result), sent };
        continue;
      }
      const error = result < 0 ? systemError(result) : null;
      if (error?.code === 'EAGAIN') break;
      this.waiting.shift();
      sent(error);
    }
    this.watch();
  }

  private finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.watch();
    this.onEnd(error);
  }
}
