import { isMainThread } from 'node:worker_threads';
import { NetworkProcessError } from '../errors';
import type { GivenOption } from '../transport/socketOptions';
import { setNativeOption } from '../transport/socketOptions';
import type { Addon, NativeSocket } from './addon';
import { addonProblem, loadAddon } from './loadAddon';

/** The first descriptor that is handed over, after standard input, output and error. @see sd_listen_fds(3) */
const first = 3;
/** More are not looked at. */
const most = 1_024;

/** How many have been looked at. */
let taken = 0;

/**
 * A listening stream socket that this program was started with (`LISTEN_FDS`, as systemd hands them over). Each is taken
 * once, in order; null when there is none left. What is no such socket, or is used by another part of this program, is
 * passed over and left as it is. `LISTEN_PID` is not looked at: an extension host is never the process that was started,
 * and nobody is given a socket without asking for it.
 *
 * @param options Set on it, in this order.
 * @throws NP_UNSUPPORTED when there are some and no native sockets to take them; the errors of options
 */
export function takeExternalSocket(options: readonly GivenOption[]): NativeSocket | null {
  const count = Math.min(Number(process.env.LISTEN_FDS) || 0, most);
  // Threads share descriptors, and would each take the same one.
  if (count <= 0 || !isMainThread) return null;
  const addon = loadAddon();
  if (!addon) {
    const text = ['A socket that was handed over can’t be taken'];
    throw new NetworkProcessError('NP_UNSUPPORTED', 'error', text, 'LISTEN_FDS', { hint: addonProblem()! });
  }
  while (taken < count) {
    const fd = first + taken++;
    const socket = isListeningStream(addon, fd) ? take(addon, fd) : null;
    if (!socket) continue;
    try {
      for (const option of options) setNativeOption(addon, socket, option);
      return socket;
    } catch (error) {
      // It stays for who asks with other options.
      socket.release();
      taken -= 1;
      throw error;
    }
  }
  return null;
}

function isListeningStream(addon: Addon, fd: number): boolean {
  const socket = addon.duplicateOf(fd);
  if (typeof socket === 'number') return false;
  const { SOL_SOCKET, SO_ACCEPTCONN, SO_TYPE, SOCK_STREAM } = addon.constants;
  const read = (option: number): number => {
    const value = new Int32Array(1);
    socket.getOption(SOL_SOCKET!, option, new Uint8Array(value.buffer));
    return value[0]!;
  };
  const isRight = read(SO_ACCEPTCONN!) !== 0 && read(SO_TYPE!) === SOCK_STREAM;
  socket.close();
  return isRight;
}

/** Null when another part of this program watches it. */
function take(addon: Addon, fd: number): NativeSocket | null {
  const socket = addon.adopt(fd);
  if (typeof socket === 'number') return null;
  const isFree = socket.watch(1, () => undefined) >= 0;
  if (isFree) socket.watch(0, () => undefined);
  else socket.release();
  return isFree ? socket : null;
}
