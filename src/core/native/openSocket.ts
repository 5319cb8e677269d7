import { setNativeOption, type GivenOption, type SocketType } from '../transport/socketOptions';
import { SocketError, systemError, systemName, type Step } from '../transport/systemError';
import type { Addon, NativeSocket } from './addon';

const typeNames: Readonly<Record<SocketType, string>> = {
  stream: 'SOCK_STREAM',
  datagram: 'SOCK_DGRAM',
  seqpacket: 'SOCK_SEQPACKET',
};

/**
 * A socket with its options, not bound or connected yet.
 *
 * @param options Set in this order.
 * @throws SocketError; the errors of `setNativeOption`. Nothing is left open.
 */
export function openSocket(
  addon: Addon,
  family: number,
  type: SocketType,
  options: readonly GivenOption[],
): NativeSocket {
  const kind = addon.constants[typeNames[type]];
  if (kind === undefined) throw new SocketError('socket', 'ESOCKTNOSUPPORT');
  const socket = addon.socket(family, kind, 0);
  if (typeof socket === 'number') throw new SocketError('socket', systemName(socket));
  return orClose(socket, () => {
    for (const option of options) setNativeOption(addon, socket, option);
  });
}

/** Does a step with a new socket, which is closed if that fails. */
export function orClose(socket: NativeSocket, step: () => void): NativeSocket {
  try {
    step();
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** The error that a socket has come to, which it then forgets (SO_ERROR); null when it is well. */
export function takeError(addon: Addon, socket: NativeSocket): ReturnType<typeof systemError> | null {
  const { SOL_SOCKET, SO_ERROR } = addon.constants as Record<'SOL_SOCKET' | 'SO_ERROR', number>;
  const value = new Int32Array(1);
  socket.getOption(SOL_SOCKET, SO_ERROR, new Uint8Array(value.buffer));
  return value[0] ? systemError(-value[0]) : null;
}

/** @throws SocketError when a call gave a negative result. */
export function must(step: Step, result: number): void {
  if (result < 0) throw new SocketError(step, systemName(result));
}
