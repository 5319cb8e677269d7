import type { Socket } from 'node:net';
import type { NetworkAddress } from '../api';
import { inetVector } from '../address/address';
import type { SocketAddress } from '../address/target';
import type { LocalFile } from './localFile';
import { NetworkProcessError } from '../errors';
import { listenHandle, listenHandleAvailable, type HandleFailure, type ListenHandle } from './listenHandle';
import type { GivenOption } from './socketOptions';
import { SocketStream } from './socketStream';
import { SocketError, systemName } from './systemError';
import type { ListenTransport, StreamTransport } from './transport';

/** A listening TCP or local stream socket of Node's, where there are no native ones. */
export class StreamListener implements ListenTransport {
  onAccept: (stream: StreamTransport) => void = () => undefined;
  onAcceptError: (error: unknown) => void = () => undefined;
  readonly local: NetworkAddress;
  private readonly given: GivenOption[] = [];
  private closed = false;
  private accepting = false;

  private constructor(
    listen: (onConnection: (socket: Socket | null, errno: number) => void) => ListenHandle | HandleFailure,
    private readonly at: { host: string } | { path: string },
    private readonly file: LocalFile | null,
  ) {
    const made = listen((socket, errno) => this.handleConnection(socket, errno));
    if ('errno' in made) throw new SocketError(made.doing, systemName(made.errno));
    this.handle = made;
    this.local = 'path' in at ? at.path : inetVector(at.host, made.port);
  }

  private readonly handle: ListenHandle;

  /**
   * @param file That of a local socket.
   * @param options Set on what is accepted: Node can set none on the listening socket.
   * @throws SocketError; NP_UNSUPPORTED where Node has no such handle
   */
  static listen(
    at: SocketAddress,
    file: LocalFile | null,
    backlog: number,
    options: readonly GivenOption[],
  ): StreamListener {
    if (!listenHandleAvailable()) {
      const text = 'Servers are not supported by this version of Node';
      throw new NetworkProcessError('NP_UNSUPPORTED', 'error', [text], process.version);
    }
    const made = new StreamListener(
      (onConnection) =>
        file
          ? file.publish((path) => listenHandle({ path }, backlog, onConnection))
          : listenHandle(at, backlog, onConnection),
      at,
      file,
    );
    made.given.push(...options);
    return made;
  }

  setReading(on: boolean): void {
    if (this.closed || on === this.accepting) return;
    this.accepting = on;
    this.handle.accept(on);
  }

  setOption(option: GivenOption): void {
    this.given.push(option);
  }

  options(): null {
    return null;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.file?.remove();
    } finally {
      this.handle.close();
    }
  }

  /** What its sockets are bound to, when that does not depend on whom they talk to. */
  private get ownAddress(): NetworkAddress | undefined {
    const isAny = 'host' in this.at && /^[0:.]+$/.test(this.at.host);
    return isAny ? undefined : this.local;
  }

  private handleConnection(socket: Socket | null, errno: number): void {
    if (this.closed) return void socket?.destroy();
    const failed = (code: string): void => this.onAcceptError(Object.assign(new Error('accept'), { code }));
    if (!socket) return failed(systemName(errno));
    if (!('path' in this.at) && socket.remoteAddress === undefined) {
      // Its peer reset it while it waited: there is nobody to name it after.
      socket.destroy();
      return failed('ECONNABORTED');
    }
    const isPath = 'path' in this.at;
    const stream = new SocketStream(socket, { local: this.ownAddress, remote: isPath ? '' : undefined });
    for (const option of this.given) stream.setOption(option);
    this.onAccept(stream);
  }
}
