import type { Socket } from 'node:net';
import type { NetworkAddress } from '../api';
import { inetVector } from '../address/address';
import { readSocketOptions, setSocketOption, type GivenOption } from './socketOptions';
import type { PlainStream, Sent } from './transport';

const ignore = (): void => undefined;

/** A connected `net.Socket` as a transport. The socket must allow half-open streams. */
export class SocketStream implements PlainStream {
  onData: (bytes: Buffer, size: number) => void = ignore;
  onEnd: ((error: unknown) => void) | null = null;
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly hasPackets = false;
  private over = false;
  private reading = false;
  /** How it ended while nobody listened. */
  private missed: { readonly error: unknown } | null = null;
  private isReleased = false;

  /** @param known Addresses that are known; the system is asked for the others. */
  constructor(
    protected readonly socket: Socket,
    known: { readonly local?: NetworkAddress | undefined; readonly remote?: NetworkAddress | undefined },
  ) {
    this.local = known.local ?? inetVector(socket.localAddress ?? '0.0.0.0', socket.localPort ?? 0);
    this.remote = known.remote ?? inetVector(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0);
    socket.pause();
    socket.on('data', (bytes: Buffer) => this.onData(bytes, bytes.length));
    const ended = (): void => this.finish(null);
    socket.on('end', ended);
    // A reset may come while the socket is paused: what was read before it is still in the stream's buffer.
    socket.on('error', (error) => this.finish(error));
    socket.on('close', ended);
  }

  release(): Socket {
    this.leave();
    stopReading(this.socket);
    return this.socket;
  }

  /** Nobody is told anything any more. */
  protected leave(): void {
    this.isReleased = true;
    this.over = true;
    this.onData = ignore;
    this.onEnd = null;
    this.socket.removeAllListeners('data').removeAllListeners('end');
  }

  drained(): Promise<void> {
    const { socket } = this;
    if (socket.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => socket.write('', () => resolve()));
  }

  get unread(): number {
    return this.socket.readableLength;
  }

  setReading(on: boolean): void {
    if (on && this.missed && !this.isReleased) {
      const { error } = this.missed;
      this.missed = null;
      this.over = false;
      return void setImmediate(() => this.finish(error));
    }
    if (this.over || on === this.reading) return;
    this.reading = on;
    if (on) this.socket.resume();
    else this.socket.pause();
  }

  write(bytes: Uint8Array, sent: Sent): void {
    this.socket.write(bytes, (error) => sent(this.outcome(error)));
  }

  end(sent: Sent): void {
    this.socket.end((error?: unknown) => sent(this.outcome(error)));
  }

  /** Node 20 tells of no error when a socket was destroyed before it took something. */
  private outcome(error: unknown): unknown {
    if (error || !this.socket.destroyed) return error ?? null;
    return Object.assign(new Error('The socket was closed'), { code: 'ERR_STREAM_DESTROYED' });
  }

  setOption(option: GivenOption): void {
    setSocketOption(this.socket, option);
  }

  options(): Record<string, unknown> | null {
    return readSocketOptions(this.socket);
  }

  close(): void {
    this.over = true;
    // Those who listened need not live as long as the socket.
    this.onData = ignore;
    this.onEnd = null;
    this.socket.removeAllListeners('data').destroy();
  }

  protected finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    if (!this.onEnd) {
      // It ended between two who listen: the next one is told.
      this.missed = { error };
      return;
    }
    for (let rest = this.socket.read() as Buffer | null; rest; rest = this.socket.read() as Buffer | null) {
      // read() itself emits 'data' unless the stream has already failed.
      if (error) this.onData(rest, rest.length);
    }
    this.onEnd?.(error);
  }
}

/** A paused socket goes on reading until its buffer is full. What is still to come is for whoever takes the socket over. */
function stopReading(socket: Socket): void {
  const handle = (socket as unknown as { _handle?: { reading: boolean; readStop(): number } | null })._handle;
  if (!handle?.reading) return;
  handle.reading = false;
  handle.readStop();
}
