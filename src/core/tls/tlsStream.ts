import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NetworkAddress, PeerStatus } from '../api';
import { NetworkProcessError, systemCode } from '../errors';
import { readSocketOptions, setSocketOption, type GivenOption } from '../transport/socketOptions';
import { SocketStream } from '../transport/socketStream';
import type { Encryption } from '../transport/transport';
import type { Handshaken } from './peerStatus';

/** How long a notice of the end may take to be sent. */
const goodbyeMs = 1_000;
/** What may wait before it: a few records that the system has not said to have taken. */
const goodbyeBytes = 65_536;

/** An encrypted stream: a handshake is done, and its certificate is judged by whoever made it. */
export class TlsStream extends SocketStream implements Encryption {
  readonly encryption = this;

  /** @param below The socket that carries it. */
  constructor(
    socket: TLSSocket,
    private readonly below: Socket,
    readonly handshaken: Handshaken,
    known: { readonly local: NetworkAddress; readonly remote: NetworkAddress },
  ) {
    super(socket, known);
  }

  get protocol(): string {
    return this.handshaken.protocol;
  }

  get status(): PeerStatus {
    return this.handshaken.status;
  }

  /** What the peer or the library said against going on. A client certificate is asked for after the handshake. */
  broken(cause: unknown, name: string): NetworkProcessError {
    const alert = alertOf(cause);
    const text = alert
      ? `The peer broke off with the TLS alert “${alert}”`
      : 'Reading from process: a TLS record is damaged';
    const options = /certificate/.test(alert ?? '') ? { hint: 'Give a clientCertificate that the server takes.' } : {};
    return new NetworkProcessError('NP_TLS_BROKEN', 'gnutls-error', [text], name, { cause, ...options });
  }

  /**
   * What the system took is told as taken a turn later than without TLS. A peer that answers and ends at once is quicker;
   * its end waits, so that nothing counts as lost that it has answered.
   */
  protected override finish(error: unknown): void {
    setImmediate(() => super.finish(error));
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
    if (socket.destroyed || !socket.writable || socket.writableLength > goodbyeBytes) return super.close();
    this.leave();
    // What still comes is thrown away: unread, the system would reset the connection, and what was said last be lost.
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), goodbyeMs).unref();
    socket.on('error', () => undefined).once('close', () => clearTimeout(timer));
    // In the turn of the handshake's last step Node would leave the notice out.
    setImmediate(() => socket.destroySoon());
  }
}

/** What the peer objected to, in the library's words: `certificate required`; undefined when it was not the peer. */
export function alertOf(cause: unknown): string | undefined {
  return /ALERT_(.*)/
    .exec(systemCode(cause) ?? '')?.[1]
    ?.toLowerCase()
    .replaceAll('_', ' ');
}
