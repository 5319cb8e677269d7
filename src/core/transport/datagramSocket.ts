import { createSocket, type Socket } from 'node:dgram';
import type { NetworkAddress } from '../api';
import { fromVector, inetVector } from '../address/address';
import type { SocketAddress, Target } from '../address/target';
import { isNil } from '../base/nil';
import { setSocketOption, type GivenOption } from './socketOptions';
import { SocketError } from './systemError';
import type { DatagramTransport, Sent } from './transport';

const zonesKept = 1_000;

/** How a datagram socket is made. */
export interface DatagramOptions {
  /** Where a server is bound, and whom a client sends to. */
  readonly target: SocketAddress;
  readonly isServer: boolean;
  /** A client hears its peer only. */
  readonly connected: boolean;
  readonly options: readonly GivenOption[];
}

/**
 * A bound UDP socket of Node's, where there are no native ones. While reading is off, datagrams are still taken from the kernel and handed on: the process keeps
 * as many as its limit says.
 */
export class DatagramSocket implements DatagramTransport {
  onMessage: (bytes: Buffer, peer: NetworkAddress, size: number) => void = () => undefined;
  onDropped: (count: number) => void = () => undefined;
  readonly local: NetworkAddress;
  private closed = false;
  /** Hosts with a zone, which vectors have no place for, by their vector. */
  private readonly zoned = new Map<string, string>();

  private constructor(
    private readonly socket: Socket,
    private readonly connected: boolean,
    onSocketError: (error: unknown) => void,
  ) {
    const { address, port } = socket.address();
    this.local = inetVector(address, port);
    socket.on('message', (bytes, from) => {
      if (!this.closed) this.onMessage(bytes, this.vector(from.address, from.port), bytes.length);
    });
    // A refusal by ICMP says nothing about the process: reported, never a change of status.
    socket.on('error', onSocketError);
  }

  /** @throws the system's error of binding or connecting; the errors of options */
  static async open(
    { target, isServer, connected, options }: DatagramOptions,
    onSocketError: (error: unknown) => void,
  ): Promise<DatagramSocket> {
    if ('path' in target) throw new SocketError('socket', 'EPROTONOSUPPORT');
    const reuse = options.findLast(([name]) => name === 'reuseaddr');
    const socket = createSocket({
      type: target.family === 'ipv4' ? 'udp4' : 'udp6',
      reuseAddr: reuse !== undefined && !isNil(reuse[1]),
      // Addresses are numeric here; with no look-up a datagram is gone when send returns.
      lookup: (host, family, done) =>
        (done as unknown as (e: null, address: string, family: number) => void)(null, host, Number(family)),
    });
    try {
      await step(socket, 'listening', () =>
        socket.bind({ ...(isServer && { address: target.host }), port: isServer ? target.port : 0, exclusive: true }),
      );
      for (const option of options) setSocketOption(socket, option);
      if (connected) await step(socket, 'connect', () => socket.connect(target.port, target.host));
      return new DatagramSocket(socket, connected, onSocketError);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  // Node has no way to leave datagrams in the kernel.
  setReading(): void {}

  send(bytes: Uint8Array, to: NetworkAddress, sent: Sent): void {
    const address = fromVector(to);
    if (this.connected || !address) return this.socket.send(bytes, sent);
    if (address.port === 0) return sent(Object.assign(new Error('no port'), { code: 'EINVAL' }));
    const host = this.zoned.get(String(to)) ?? address.host;
    this.socket.send(bytes, address.port, host, sent);
  }

  address(target: Target): NetworkAddress {
    return 'host' in target ? this.vector(target.host, target.port) : '';
  }

  private vector(host: string, port: number): number[] {
    const vector = inetVector(host, port);
    if (host.includes('%')) {
      if (this.zoned.size >= zonesKept) this.zoned.clear();
      this.zoned.set(String(vector), host);
    }
    return vector;
  }

  setOption(option: GivenOption): void {
    setSocketOption(this.socket, option);
  }

  options(): null {
    return null;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.close();
  }
}

/** Starts something and waits for its event, or its error. */
function step(socket: Socket, event: 'listening' | 'connect', start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      socket.off('error', failed);
      resolve();
    };
    const failed = (error: Error): void => {
      socket.off(event, done);
      reject(error);
    };
    socket.once(event, done).once('error', failed);
    start();
  });
}
