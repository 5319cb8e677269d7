import { Socket, type TcpSocketConnectOpts, type IpcSocketConnectOpts } from 'node:net';
import { inetVector } from '../address/address';
import { SocketStream } from './socketStream';

/** What may end an attempt from outside. */
export interface Ending {
  /** Null as long as it may go on. */
  readonly reason: Error | null;
  /** Told once, when there is a reason; one listener at a time. Returns what takes it away again. */
  onEnd(listener: (reason: Error) => void): () => void;
}

/**
 * Connects one stream socket to one address.
 *
 * @param to A numeric host and port, or a path.
 * @param setUp Called with the socket before it connects, for its options.
 * @throws the system's error; the reason of `ending`. The socket is gone then.
 */
export function connectStream(
  to: { host: string; port: number } | { path: string },
  ending: Ending,
  setUp: (socket: Socket) => void,
): Promise<SocketStream> {
  return new Promise((resolve, reject) => {
    if (ending.reason) return reject(ending.reason);
    const socket = new Socket({ allowHalfOpen: true });
    let isOver = false;
    const failed = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      off();
      socket.destroy();
      reject(error);
    };
    const off = ending.onEnd(failed);
    const connected = (): void => {
      if (isOver) return;
      isOver = true;
      off();
      socket.off('connect', connected).off('error', failed);
      const remote = 'path' in to ? to.path : inetVector(to.host, to.port);
      resolve(new SocketStream(socket, { remote, local: 'path' in to ? '' : undefined }));
    };
    socket.on('connect', connected).on('error', failed);
    try {
      setUp(socket);
    } catch (error) {
      return failed(error);
    }
    // One address at a time, as Emacs: Node's own race between families would hide which one failed.
    const options: TcpSocketConnectOpts | IpcSocketConnectOpts =
      'path' in to ? to : { host: to.host, port: to.port, autoSelectFamily: false };
    socket.connect(options);
  });
}
