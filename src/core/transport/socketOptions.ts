/**
 * The socket options that Node can set. The others need a native socket and are refused by name.
 *
 * @see Emacs Lisp manual, "Network Options"; Node, net.Socket#setKeepAlive, dgram.Socket#setBroadcast
 */
import type { Socket as DatagramSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { isNil } from '../base/nil';
import { NetworkProcessError } from '../errors';

/** Every option there is, by what can carry it out here. */
const options: Readonly<Record<string, { stream: boolean; datagram: boolean }>> = {
  bindtodevice: { stream: false, datagram: false },
  broadcast: { stream: true, datagram: true },
  dontroute: { stream: false, datagram: false },
  keepalive: { stream: true, datagram: false },
  linger: { stream: false, datagram: false },
  nodelay: { stream: true, datagram: false },
  oobinline: { stream: false, datagram: false },
  priority: { stream: false, datagram: false },
  reuseaddr: { stream: true, datagram: true },
};

export const optionNames: readonly string[] = Object.keys(options);

/** Whether this option can be set on some kind of socket. */
export function canSetOption(option: string): boolean {
  const kinds = Object.hasOwn(options, option) ? options[option]! : null;
  return kinds !== null && (kinds.stream || kinds.datagram);
}

/**
 * Refuses options that cannot be carried out, before any socket exists.
 *
 * @throws NP_OPTION_VALUE for a value that the option never has, NP_UNSUPPORTED for an option Node cannot set
 */
export function checkOption(option: string, value: unknown, kind: 'stream' | 'datagram'): void {
  if (option === 'priority' && !Number.isInteger(value)) {
    throw new NetworkProcessError('NP_OPTION_VALUE', 'error', ['Bad option value for :priority'], null);
  }
  const on = !isNil(value);
  // Turning off what nobody turned on needs nothing.
  if (options[option]![kind] || (!on && option !== 'reuseaddr')) return;
  throw new NetworkProcessError(
    'NP_UNSUPPORTED',
    'error',
    ['Unknown or unsupported option', `:${option} on a ${kind} socket`],
    null,
  );
}

/** Sets an option on a live socket. `broadcast` and `reuseaddr` of a stream mean nothing after creation. */
export function setSocketOption(socket: Socket | DatagramSocket, option: string, value: unknown): void {
  const on = !isNil(value);
  checkOption(option, value, socket instanceof Socket ? 'stream' : 'datagram');
  if (socket instanceof Socket) {
    if (option === 'keepalive') socket.setKeepAlive(on);
    if (option === 'nodelay') socket.setNoDelay(on);
  } else if (option === 'broadcast') socket.setBroadcast(on);
}
