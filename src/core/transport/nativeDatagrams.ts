import type { NetworkAddress } from '../api';
import type { Target } from '../address/target';
import { readable, writable, type Addon, type NativeSocket } from '../native/addon';
import { must, openSocket, orClose } from '../native/openSocket';
import { receiveAll } from '../native/receiveBatch';
import { Sockaddrs } from '../native/sockaddr';
import type { LocalFile } from './localFile';
import { readNativeOptions, setNativeOption, type GivenOption } from './socketOptions';
import { again, systemError } from './systemError';
import type { DatagramTransport, Sent } from './transport';

/** Datagrams that wait are given to the system together, so many at most. */
const atOnce = 64;

/** A full peer that nothing tells of is tried again so often. */
const retryMs = 20;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly to: NetworkAddress;
  readonly sent: Sent;
}

/** How a native datagram socket is made. */
export interface NativeDatagramOptions {
  /** A server's own address, or a client's peer: it says the family. */
  readonly target: Target;
  readonly isServer: boolean;
  /** A client hears its peer only. */
  readonly connected: boolean;
  readonly options: readonly GivenOption[];
  /** That of a local server. */
  readonly file: LocalFile | null;
}

/**
 * A datagram socket of any family. What is not read stays in the kernel, whose room is limited: what it drops is counted
 * where the system tells.
 */
export class NativeDatagrams implements DatagramTransport {
  onMessage: (bytes: Buffer, peer: NetworkAddress, size: number) => void = () => undefined;
  onDropped: (count: number) => void = () => undefined;
  readonly local: NetworkAddress;
  private readonly waiting: Waiting[] = [];
  /** What is sent in one go is given to the system together, when that is over. */
  private isDue = false;
  /** Connected to the peer that takes no more: it can be watched for room there. */
  private probe: Pick<NativeSocket, 'close'> | null = null;
  private reading = false;
  private watched = 0;
  private closed = false;
  private dropped = 0;

  private constructor(
    private readonly addon: Addon,
    private readonly socket: NativeSocket,
    private readonly addresses: Sockaddrs,
    private readonly how: NativeDatagramOptions,
    private readonly onSocketError: (error: unknown) => void,
  ) {
    const name = socket.name();
    this.local = how.file?.path ?? (typeof name === 'number' ? '' : addresses.read(name));
  }

  /** @throws SocketError; the errors of options */
  static open(addon: Addon, how: NativeDatagramOptions, onSocketError: (error: unknown) => void): NativeDatagrams {
    const addresses = new Sockaddrs(addon);
    const { family, bytes } = addresses.of(how.target);
    const socket = openSocket(addon, family, 'datagram', how.options);
    orClose(socket, () => {
      const bind = (): void => must('bind', socket.bind(how.isServer ? bytes : anyAddress(addon, family)!));
      if (how.file) how.file.publishHere(socket.fd, bind);
      else if (how.isServer || anyAddress(addon, family)) bind();
      if (how.connected) must('connect', socket.connect(bytes));
    });
    return new NativeDatagrams(addon, socket, addresses, how, onSocketError);
  }

  setReading(on: boolean): void {
    if (on === this.reading) return;
    this.reading = on;
    this.watch();
  }

  send(bytes: Uint8Array, to: NetworkAddress, sent: Sent): void {
    this.waiting.push({ bytes, to, sent });
    if (this.waiting.length > 1) return;
    this.isDue = true;
    queueMicrotask(this.flushDue);
  }

  address(target: Target): NetworkAddress {
    return this.addresses.read(this.addresses.of(target).bytes);
  }

  setOption(option: GivenOption): void {
    this.flushDue();
    setNativeOption(this.addon, this.socket, option);
  }

  options(): Record<string, unknown> {
    return readNativeOptions(this.addon, this.socket);
  }

  close(): void {
    if (this.closed) return;
    this.flushDue();
    this.closed = true;
    this.probe?.close();
    try {
      this.how.file?.remove();
    } finally {
      this.socket.close();
    }
  }

  private readonly flushDue = (): void => {
    if (this.isDue && !this.closed) this.flush();
  };

  private watch(): void {
    const isFull = this.waiting.length > 0 && !this.isDue;
    const wanted = (this.reading ? readable : 0) | (isFull && !this.probe ? writable : 0);
    if (this.closed || wanted === this.watched) return;
    this.watched = wanted;
    this.socket.watch(wanted, this.ready);
  }

  private readonly ready = (events: number): void => {
    if (events < 0) return this.onSocketError(systemError(events));
    if (events & writable) this.flush(true);
    if (events & readable) this.read();
  };

  private read(): void {
    const goesOn = (): boolean => {
      // What was answered goes before more is taken: so both sides work at once.
      this.flushDue();
      return this.reading && !this.closed;
    };
    const senderOf = (address: Uint8Array): NetworkAddress => this.addresses.read(address);
    const result = receiveAll(this.socket, goesOn, senderOf, (bytes, size, sender) => {
      if (!this.closed) this.onMessage(bytes, sender, size);
    });
    // A refusal by ICMP says nothing about the process: reported, never a change of status.
    if (result < 0) this.onSocketError(systemError(result));
    // A local sender waits for room: nothing is dropped.
    if (!this.closed && typeof this.local !== 'string') this.countDropped();
  }

  /** @see socket(7), SO_MEMINFO: nine numbers, the last of which counts what was dropped. */
  private countDropped(): void {
    const { SOL_SOCKET, SO_MEMINFO } = this.addon.constants;
    const numbers = new Uint32Array(9);
    if (SO_MEMINFO === undefined || SOL_SOCKET === undefined) return;
    const length = this.socket.getOption(SOL_SOCKET, SO_MEMINFO, new Uint8Array(numbers.buffer));
    const dropped = length === numbers.byteLength ? numbers[8]! : 0;
    if (dropped > this.dropped) this.onDropped(dropped - this.dropped);
    this.dropped = dropped;
  }

  /** @param isOwnReady The socket has said that its own buffer has room. */
  private flush(isOwnReady = false): void {
    this.isDue = false;
    while (this.waiting.length > 0 && !this.closed) {
      const { to } = this.waiting[0]!;
      const { result, error } = this.tryToSend(to);
      if (result === again) {
        if (isOwnReady && typeof to === 'string') this.waitForPeer(to);
        break;
      }
      isOwnReady = false;
      // An error is the first one's alone.
      for (const { sent } of this.waiting.splice(0, error ? 1 : result)) sent(error);
    }
    if (!this.closed) this.watch();
  }

  private tryToSend(to: NetworkAddress): { result: number; error: Error | null } {
    try {
      const result = this.sendNow(to);
      return { result, error: result < 0 && result !== again ? systemError(result) : null };
    } catch (error) {
      // An address that the system has no form for, or a zone that is gone.
      return { result: 0, error: error as Error };
    }
  }

  /**
   * Sends the first of those that wait, and with it others that have the same way.
   *
   * @returns How many have gone, or a negative error number.
   */
  private sendNow(to: NetworkAddress): number {
    const address = this.how.connected ? null : this.addresses.find(to);
    if (this.waiting.length === 1) return Math.min(this.socket.send(this.waiting[0]!.bytes, address), 0) || 1;
    const others = this.waiting.slice(0, atOnce).findIndex((other) => other.to !== to);
    const same = this.waiting.slice(0, others < 0 ? atOnce : others);
    return this.socket.sendMany(same.map(({ bytes }) => bytes), 0, address); // prettier-ignore
  }

  /**
   * The socket itself tells of room in its own buffer only. When the queue of a local peer is full, another socket that is
   * connected to it tells of room there; where it may not connect, nothing does.
   */
  private waitForPeer(to: string): void {
    const retry = (): void => {
      this.probe?.close();
      this.probe = null;
      this.flush();
    };
    const { AF_UNIX, SOCK_DGRAM } = this.addon.constants as Record<'AF_UNIX' | 'SOCK_DGRAM', number>;
    const probe = this.addon.socket(AF_UNIX, SOCK_DGRAM, 0);
    if (typeof probe !== 'number' && probe.connect(this.addresses.find(to)) >= 0) probe.watch(writable, retry);
    else setTimeout(() => !this.closed && retry(), retryMs);
    // Without one, nothing is watched meanwhile all the same.
    this.probe = typeof probe === 'number' ? { close: () => undefined } : probe;
  }
}

/** Any address and a free port, to which a client is bound; local ones have none. */
function anyAddress(addon: Addon, family: number): Uint8Array | null {
  const { AF_INET, AF_INET6 } = addon.constants;
  if (family === AF_INET) return addon.address4(new Uint8Array(4), 0);
  if (family !== AF_INET6) return null;
  return addon.address6(new Uint8Array(16), 0, '') as Uint8Array;
}
