import type { NetworkAddress } from '../api';
import type { Target } from '../address/target';
import { readable, type Addon, type NativeSocket } from '../native/addon';
import { must, openSocket, orClose } from '../native/openSocket';
import { Sockaddrs } from '../native/sockaddr';
import { asStream } from './connectNative';
import type { LocalFile } from './localFile';
import { readNativeOptions, setNativeOption, type GivenOption, type SocketType } from './socketOptions';
import { systemError } from './systemError';
import type { ListenTransport, StreamTransport } from './transport';

/** Connections accepted before other sockets get their turn. */
const atOnce = 32;

/** What a listening socket is made from. */
export interface ListenOptions {
  readonly type: Exclude<SocketType, 'datagram'>;
  readonly backlog: number;
  readonly options: readonly GivenOption[];
}

/** A listening native socket: while it is not to accept, it is not watched, and the kernel queues. */
export class NativeListener implements ListenTransport {
  onAccept: (stream: StreamTransport) => void = () => undefined;
  onAcceptError: (error: unknown) => void = () => undefined;
  readonly local: NetworkAddress;
  private closed = false;
  private accepting = false;
  private readonly addresses: Sockaddrs;

  private constructor(
    private readonly addon: Addon,
    private readonly socket: NativeSocket,
    private readonly hasPackets: boolean,
    private readonly file: LocalFile | null,
  ) {
    this.addresses = new Sockaddrs(addon);
    const name = socket.name();
    this.local = file?.path ?? (typeof name === 'number' ? '' : this.addresses.read(name));
  }

  /**
   * @param file That of a local socket.
   * @throws SocketError; the errors of options
   */
  static listen(addon: Addon, at: Target, file: LocalFile | null, how: ListenOptions): NativeListener {
    const { family, bytes } = new Sockaddrs(addon).of(at);
    const socket = openSocket(addon, family, how.type, how.options);
    orClose(socket, () => {
      const bind = (): void => must('bind', socket.bind(bytes));
      if (file) file.publishHere(socket.fd, bind);
      else bind();
      const listening = socket.listen(how.backlog);
      if (listening < 0) file?.remove();
      must('listen', listening);
    });
    return new NativeListener(addon, socket, how.type === 'seqpacket', file);
  }

  /** One that listens already. */
  static adopt(addon: Addon, socket: NativeSocket, hasPackets: boolean): NativeListener {
    return new NativeListener(addon, socket, hasPackets, null);
  }

  setReading(on: boolean): void {
    if (this.closed || on === this.accepting) return;
    this.accepting = on;
    const result = this.socket.watch(on ? readable : 0, this.ready);
    if (result < 0) this.onAcceptError(systemError(result));
  }

  setOption(option: GivenOption): void {
    setNativeOption(this.addon, this.socket, option);
  }

  options(): Record<string, unknown> {
    return readNativeOptions(this.addon, this.socket);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.file?.remove();
    } finally {
      this.socket.close();
    }
  }

  /**
   * Later in the same turn: a connection that this program makes itself is there before it is accepted, as in Emacs, which
   * does nothing else while it connects.
   */
  private readonly ready = (events: number): void => {
    setImmediate(() => this.acceptSome(events));
  };

  private acceptSome(events: number): void {
    if (events < 0) return this.closed ? undefined : this.onAcceptError(systemError(events));
    // Each one may stop it, at the limit of clients for instance.
    for (let left = atOnce; left > 0 && this.accepting && !this.closed; left--) {
      const socket = this.socket.accept();
      if (typeof socket !== 'number') this.accepted(socket);
      else {
        const error = systemError(socket);
        if (error.code !== 'EAGAIN') this.onAcceptError(error);
        return;
      }
    }
  }

  private accepted(socket: NativeSocket): void {
    const peer = socket.peerName();
    if (typeof peer === 'number') {
      // Its peer reset it while it waited: there is nobody to name it after.
      socket.close();
      return this.onAcceptError(Object.assign(new Error('accept'), { code: 'ECONNABORTED' }));
    }
    const { family } = this.addon.readAddress(peer);
    this.onAccept(asStream(this.addon, socket, family, this.hasPackets, this.addresses));
  }
}
