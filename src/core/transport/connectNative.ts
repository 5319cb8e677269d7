import { Socket } from 'node:net';
import type { NetworkAddress } from '../api';
import type { Target } from '../address/target';
import { writable, type Addon, type NativeSocket } from '../native/addon';
import { openSocket, takeError } from '../native/openSocket';
import { Sockaddrs } from '../native/sockaddr';
import type { Ending } from './connectStream';
import { NativeStream } from './nativeStream';
import type { GivenOption, SocketType } from './socketOptions';
import { SocketStream } from './socketStream';
import { SocketError, systemError, systemName } from './systemError';
import type { StreamTransport } from './transport';

/**
 * Connects a native socket to one address.
 *
 * @param options Set before it connects, in this order.
 * @throws SocketError; the errors of options; the reason of `ending`. The socket is gone then.
 */
export async function connectNative(
  addon: Addon,
  to: Target,
  type: Exclude<SocketType, 'datagram'>,
  options: readonly GivenOption[],
  ending: Ending,
): Promise<StreamTransport> {
  if (ending.reason) throw ending.reason;
  const addresses = new Sockaddrs(addon);
  const address = addresses.of(to);
  const socket = openSocket(addon, address.family, type, options);
  try {
    const result = socket.connect(address.bytes);
    if (result < 0 && systemName(result) !== 'EINPROGRESS') throw new SocketError('connect', systemName(result));
    if (result < 0) await connected(addon, socket, ending);
    return asStream(addon, socket, address.family, type === 'seqpacket', addresses);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function connected(addon: Addon, socket: NativeSocket, ending: Ending): Promise<void> {
  return new Promise((resolve, reject) => {
    const off = ending.onEnd(reject);
    const done = (events: number): void => {
      off();
      if (events >= 0) socket.watch(0, () => undefined);
      const error = events < 0 ? systemError(events) : takeError(addon, socket);
      if (error) reject(new SocketError('connect', error.code));
      else resolve();
    };
    const result = socket.watch(writable, done);
    if (result < 0) done(result);
  });
}

/**
 * A connected socket as a stream: Node's own where it has one. The native socket is used up.
 *
 * @throws SocketError when Node refuses it.
 */
export function asStream(
  addon: Addon,
  socket: NativeSocket,
  family: number,
  hasPackets: boolean,
  addresses: Sockaddrs,
): StreamTransport {
  const { AF_INET, AF_INET6, AF_UNIX } = addon.constants;
  const address = (bytes: Uint8Array | number): NetworkAddress =>
    typeof bytes === 'number' ? '' : addresses.read(bytes);
  const [local, remote] = [address(socket.name()), address(socket.peerName())];
  if (hasPackets || ![AF_INET, AF_INET6, AF_UNIX].includes(family)) {
    return new NativeStream(addon, socket, local, remote, hasPackets);
  }
  const fd = socket.release();
  return new SocketStream(new Socket({ fd, allowHalfOpen: true, pauseOnCreate: true } as never), { local, remote });
}
