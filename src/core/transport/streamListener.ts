import { getSystemErrorMap } from 'node:util';
import type { Socket } from 'node:net';
import type { NetworkAddress } from '../api';
import { inetVector } from '../address/address';
import type { LocalFile } from './localFile';
import { listenHandle, type HandleFailure, type ListenHandle } from './listenHandle';
import { SocketStream } from './socketStream';
import type { ListenTransport, StreamTransport } from './transport';

/** A failure to listen: what was being done, and a system error with its code. */
export class ListenError extends Error {
  constructor(
    readonly doing: HandleFailure['doing'],
    readonly code: string,
  ) {
    super(code);
  }
}

/** A listening TCP or local stream socket. */
export class StreamListener implements ListenTransport {
  onAccept: (stream: StreamTransport) => void = () => undefined;
  onAcceptError: (error: unknown) => void = () => undefined;
  readonly local: NetworkAddress;
  private closed = false;
  private accepting = false;

  private constructor(
    listen: (onConnection: (socket: Socket | null, errno: number) => void) => ListenHandle | HandleFailure,
    private readonly at: { host: string } | { path: string },
    private readonly file: LocalFile | null,
  ) {
    const made = listen((socket, errno) => this.handleConnection(socket, errno));
    if ('errno' in made) throw new ListenError(made.doing, systemName(made.errno));
    this.handle = made;
    this.local = 'path' in at ? at.path : inetVector(at.host, made.port);
  }

  private readonly handle: ListenHandle;

  /** @throws ListenError */
  static tcp(at: { host: string; port: number }, backlog: number): StreamListener {
    return new StreamListener((onConnection) => listenHandle(at, backlog, onConnection), at, null);
  }

  /** @throws ListenError */
  static local(file: LocalFile, backlog: number): StreamListener {
    const at = { path: file.path };
    return new StreamListener(
      (onConnection) => file.publish((path) => listenHandle({ path }, backlog, onConnection)),
      at,
      file,
    );
  }

  setReading(on: boolean): void {
    if (this.closed || on === this.accepting) return;
    this.accepting = on;
    this.handle.accept(on);
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
    this.onAccept(new SocketStream(socket, { local: this.ownAddress, remote: isPath ? '' : undefined }));
  }
}

function systemName(errno: number): string {
  return getSystemErrorMap().get(errno)?.[0] ?? 'EIO';
}
