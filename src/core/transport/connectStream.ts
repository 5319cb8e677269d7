import { Socket, type TcpSocketConnectOpts, type IpcSocketConnectOpts } from 'node:net';
import { SocketStream } from './socketStream';

/**
 * Connects one stream socket to one address.
 *
 * @param to A numeric host and port, or a path.
 * @param setUp Called with the socket before it connects, for its options.
 * @throws the system's error; `signal`'s reason when aborted. The socket is gone then.
 */
export function connectStream(
  to: { host: string; port: number } | { path: string },
  signal: AbortSignal,
  setUp: (socket: Socket) => void,
): Promise<SocketStream> {
  return new Promise((resolve, reject) => {
    const socket = new Socket({ allowHalfOpen: true });
    const give = (outcome: () => void): void => {
      signal.removeEventListener('abort', aborted);
      socket.off('connect', connected).off('error', failed);
      outcome();
    };
    const failed = (error: unknown): void =>
      give(() => {
        socket.destroy();
        reject(error);
      });
    const aborted = (): void => failed(signal.reason);
    const connected = (): void =>
      give(() => resolve(new SocketStream(socket, 'path' in to ? { local: '', remote: to.path } : undefined)));
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted);
    socket.on('connect', connected).on('error', failed);
    setUp(socket);
    // One address at a time, as Emacs: Node's own race between families would hide which one failed.
    const options: TcpSocketConnectOpts | IpcSocketConnectOpts = 'path' in to ? to : { ...to, autoSelectFamily: false };
    socket.connect(options);
  });
}
