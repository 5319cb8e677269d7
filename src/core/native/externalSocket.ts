import { loadAddon } from './loadAddon';
import type { NativeSocket } from './addon';

/** The first descriptor that is handed over, after standard input, output and error. @see sd_listen_fds(3) */
const first = 3;

/**
 * A listening socket that this program was started with (`LISTEN_FDS`, as systemd hands them over). Each is taken once, in
 * order; null when there is none left. What is no listening socket is passed over and left as it is. `LISTEN_PID` is not
 * looked at: an extension host is never the process that was started, and nobody is given a socket without asking for it.
 */
export function takeExternalSocket(): NativeSocket | null {
  const addon = Number(process.env.LISTEN_FDS) > 0 ? loadAddon() : null;
  while (addon) {
    const count = Number(process.env.LISTEN_FDS);
    const fd = taken + first;
    if (!(taken < count)) return null;
    taken += 1;
    const socket = addon.duplicateOf(fd);
    if (typeof socket === 'number') continue;
    const { SOL_SOCKET, SO_ACCEPTCONN } = addon.constants as Record<'SOL_SOCKET' | 'SO_ACCEPTCONN', number>;
    const listens = new Int32Array(1);
    socket.getOption(SOL_SOCKET, SO_ACCEPTCONN, new Uint8Array(listens.buffer));
    socket.close();
    if (listens[0] === 0) continue;
    const own = addon.adopt(fd);
    if (typeof own !== 'number') return own;
  }
  return null;
}

/** How many have been looked at. */
let taken = 0;
