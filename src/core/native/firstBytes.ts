import type { Socket } from 'node:net';
import { again, systemError } from '../transport/systemError';
import { readable, type NativeSocket } from './addon';
import { loadAddon } from './loadAddon';

/** As many as tell a protocol from others. */
const most = 64;

/**
 * What comes first on a connected socket, seen without being taken: what reads the socket afterwards may not tell what it
 * could make nothing of. A second descriptor of the socket is open until then, or until `stop`.
 */
export class FirstBytes {
  /** None yet, or none at all. */
  bytes: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: NativeSocket) {}

  /**
   * @param come Called once, when something has come or the stream has ended: from then on the socket may be read. Told
   *   the error that the socket had come to, which nobody else is told any more.
   * @returns null where it can't be looked at: nobody waits for `come` then
   */
  static of(below: Socket, come: (error: Error | null) => void): FirstBytes | null {
    const fd = (below as unknown as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
    const socket = fd < 0 ? undefined : loadAddon()?.duplicateOf(fd);
    if (socket === undefined || typeof socket === 'number') return null;
    const first = new FirstBytes(socket);
    const ready = (): void => {
      const room = Buffer.alloc(most);
      const length = socket.peek(room);
      first.stop();
      if (length > 0) first.bytes = room.subarray(0, length);
      come(length < 0 && length !== again ? systemError(length) : null);
    };
    if (socket.watch(readable, ready) >= 0) return first;
    first.stop();
    return null;
  }

  /** May be called twice. */
  stop(): void {
    this.socket.close();
  }
}
