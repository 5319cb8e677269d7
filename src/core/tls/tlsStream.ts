import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NetworkAddress } from '../api';
import { readSocketOptions, setSocketOption, type GivenOption } from '../transport/socketOptions';
import { SocketStream } from '../transport/socketStream';
import type { Handshaken } from './peerStatus';

/** How long a notice of the end may take to be sent. */
const goodbyeMs = 1_000;

/** An encrypted stream: a handshake is done, and its certificate is judged by whoever made it. */
export class TlsStream extends SocketStream {
  /** @param below The socket that carries it. */
  constructor(
    socket: TLSSocket,
    private readonly below: Socket,
    readonly handshaken: Handshaken,
    known: { readonly local: NetworkAddress; readonly remote: NetworkAddress },
  ) {
    super(socket, known);
  }

  override setOption(option: GivenOption): void {
    setSocketOption(this.below, option);
  }

  override options(): Record<string, unknown> | null {
    return readSocketOptions(this.below);
  }

  /** Tells the peer that this is the end, so that it knows nothing was cut off, unless more waits than is worth it. */
  override close(): void {
    const { socket } = this;
    if (socket.destroyed || !socket.writable || socket.writableLength > 0) return super.close();
    this.release();
    const timer = setTimeout(() => socket.destroy(), goodbyeMs).unref();
    socket.on('error', () => undefined).once('close', () => clearTimeout(timer));
    socket.destroySoon();
  }
}
