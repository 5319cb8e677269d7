import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { endpoint } from '../address/address';
import { formatNetworkAddress } from '../address/address';
import { NetworkProcessError, systemCode, systemText } from '../errors';
import { FirstBytes } from '../native/firstBytes';
import type { Ending } from '../transport/connectStream';
import { isPlainStream, type StreamTransport } from '../transport/transport';
import type { Authorities } from './authorities';
import { plainText } from './certificate';
import { Handshaken } from './peerStatus';
import { contextOf } from './secureContexts';
import type { TlsSide } from './tlsParameters';
import { alertOf, TlsStream } from './tlsStream';

/**
 * Shakes hands on a connected stream, which is used up. No byte of an application is sent or given to anybody: who calls
 * judges the certificate first.
 *
 * @param ending What ends it from outside: its time, whoever cancels it.
 * @throws NP_TLS_HANDSHAKE, NP_TLS_NOT_TLS, NP_TLS_PARAMETERS, NP_TLS_UNSUPPORTED; the reason of `ending`. The socket is
 *   gone then: never anything goes on in clear.
 */
export async function handshake(stream: StreamTransport, side: TlsSide, ending: Ending): Promise<TlsStream> {
  if (!isPlainStream(stream)) {
    stream.close();
    throw new NetworkProcessError('NP_TLS_UNSUPPORTED', 'error', ['TLS takes a stream, not packets']);
  }
  const { local, remote } = stream;
  const below = stream.release();
  const target = targetOf(side, stream);
  try {
    const { secure, authorities } = contextOf(side.context);
    const socket = await shake(below, { side, secure, ending, target });
    return new TlsStream(socket, below, examine(socket, side, authorities, target), { local, remote });
  } catch (error) {
    below.destroy();
    throw error;
  }
}

/** What a certificate says is a stranger's: one that cannot be read is none that is trusted. */
function examine(socket: TLSSocket, side: TlsSide, authorities: Authorities, target: string): Handshaken {
  try {
    return new Handshaken(socket, side.hostname, side.isServer, authorities);
  } catch (cause) {
    socket.on('error', () => undefined).destroy();
    const text = [`A certificate of the peer cannot be read`, plainText((cause as Error).message)];
    throw new NetworkProcessError('NP_TLS_CERTIFICATE', 'gnutls-error', text, target, { cause });
  }
}

function targetOf({ hostname }: TlsSide, { remote }: StreamTransport): string {
  const at = formatNetworkAddress(remote) ?? 'its peer';
  if (hostname === null || typeof remote === 'string') return at;
  return endpoint(hostname, (remote as number[]).at(-1)!);
}

interface Shaking {
  readonly side: TlsSide;
  readonly secure: SecureContext;
  readonly ending: Ending;
  readonly target: string;
}

function shake(below: Socket, { side, secure, ending, target }: Shaking): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    if (ending.reason) return reject(ending.reason);
    const socket = begin(below, side, secure);
    const first = side.isServer ? null : readLater(socket, below);
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      off();
      if (first) stopLooking(socket, first);
      socket.off('end', closed).off('close', closed).off('error', failed).off('_tlsError', failed);
      return true;
    };
    const ended = (error: unknown): void => {
      if (!over()) return;
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const failed = (error: unknown): void => ended(explain(error, target, first?.bytes));
    const closed = (): void => failed(new Error('the peer closed the connection'));
    const off = ending.onEnd(ended);
    socket.on('error', failed).on('_tlsError', failed).on('end', closed).on('close', closed);
    socket.once('secure', () => {
      if (!over()) return;
      // Node holds errors back until this is called.
      socket._releaseControl();
      resolve(socket.pause());
    });
  });
}

/** What Node's own `connect` and servers call of a socket of theirs. */
interface Startable {
  /** Sends a client's first part of the handshake. */
  _start(): void;
  _releaseControl(): void;
}

/**
 * Everything is judged by us, at once and by name, whatever the environment says about it. So this is not `tls.connect`,
 * which judges too: reading the certificate once more takes a fifth of a handshake.
 */
function begin(below: Socket, side: TlsSide, secureContext: SecureContext): TLSSocket & Startable {
  const { isServer, alpn, requestCertificate: requestCert, serverName } = side;
  const socket = new TLSSocket(below, {
    isServer,
    secureContext,
    rejectUnauthorized: false,
    ...(isServer ? { requestCert } : {}),
    ...(alpn === null ? {} : { ALPNProtocols: [...alpn] }),
  }) as TLSSocket & Startable & { setServername(name: string): void };
  if (isServer) return socket;
  if (serverName) socket.setServername(serverName);
  socket._start();
  return socket;
}

/** Has a client's socket read when there is something, which is looked at before: the library does not tell it. */
function readLater(socket: TLSSocket, below: Socket): FirstBytes | null {
  // What has been read already comes first.
  if (below.readableLength > 0) return null;
  const first = FirstBytes.of(below, (error) => {
    if (error) socket.destroy(Object.assign(new Error(systemText(error)), { code: systemCode(error) }));
    else stopLooking(socket, first!);
  });
  // Node asks for bytes at once.
  if (first) socket._read = () => undefined;
  return first;
}

/** From now on the socket reads by itself. */
function stopLooking(socket: TLSSocket, first: FirstBytes): void {
  first.stop();
  delete (socket as Partial<TLSSocket>)._read;
  if (!socket.destroyed) socket._read(0);
}

const notTls =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|UNEXPECTED_MESSAGE|RECORD_TOO|BAD_RECORD_TYPE|INVALID_RECORD|UNSUPPORTED_PROTOCOL_RECORD/;

/** What an answer of a TLS server begins with: an alert, or its part of the handshake. */
const records: readonly (number | undefined)[] = [0x15, 0x16];

/** @param first What the peer's answer began with, where that is known. */
function explain(cause: unknown, target: string, first: Buffer = Buffer.alloc(0)): unknown {
  const system = systemCode(cause) ?? '';
  const said = cause instanceof Error ? cause.message : String(cause);
  // The library's errors begin with a number and name a file of its source.
  const text = plainText((/:([^:]+):[^:]*\.c(c)?:\d+/.exec(said)?.[1] ?? said).trim());
  const isStrange = first.length > 0 && !records.includes(first[0]);
  if (notTls.test(system) || isStrange) {
    const why = isStrange ? `its answer begins with “${plainText(first.toString('latin1'))}”` : text;
    const texts = [`The peer does not speak TLS: ${why}`];
    return new NetworkProcessError('NP_TLS_NOT_TLS', 'gnutls-error', texts, target, { cause });
  }
  const alert = alertOf(cause);
  const why = alert ? `the peer refused with the alert “${alert}”` : text;
  return new NetworkProcessError('NP_TLS_HANDSHAKE', 'gnutls-error', [`TLS negotiation failed: ${why}`], target, {
    cause,
  });
}
