import { createSocket, type Socket } from 'node:dgram';
import type { NetworkAddress } from '../api';
import { fromVector, inetVector, type InetAddress } from '../address/address';
import { setSocketOption } from './socketOptions';
import type { DatagramTransport, Sent } from './transport';

const zonesKept = 1_000;

/** How a datagram socket is made. */
export interface DatagramOptions {
  /** Where to bind; any address and a free port when null. */
  readonly bind: InetAddress | null;
  readonly family: 'ipv4' | 'ipv6';
  readonly reuseAddress: boolean;
  /** Hear this peer only. */
  readonly connect: InetAddress | null;
}

/**
 * A bound UDP socket. While reading is off, datagrams are still taken from the kernel and handed on: the process keeps
 * as many as its limit says.
 */
export class DatagramSocket implements DatagramTransport {
  onMessage: (bytes: Buffer, peer: NetworkAddress) => void = () => undefined;
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
      if (!this.closed) this.onMessage(bytes, this.vector(from.address, from.port));
    });
    // A refusal by ICMP says nothing about the process: reported, never a change of status.
    socket.on('error', onSocketError);
  }

  /**
   * @param setUp Called with the bound socket, for its options.
   * @throws the system's error of binding or connecting
   */
  static async open(
    options: DatagramOptions,
    setUp: (socket: Socket) => void,
    onSocketError: (error: unknown) => void,
  ): Promise<DatagramSocket> {
    const socket = createSocket({
      type: options.family === 'ipv4' ? 'udp4' : 'udp6',
      reuseAddr: options.reuseAddress,
      // Addresses are numeric here; with no look-up a datagram is gone when send returns.
      lookup: (host, family, done) =>
        (done as unknown as (e: null, address: string, family: number) => void)(null, host, Number(family)),
    });
    try {
      await step(socket, 'listening', () =>
        socket.bind({ address: options.bind?.host, port: options.bind?.port ?? 0, exclusive: true }),
      );
      setUp(socket);
      const { connect } = options;
      if (connect) await step(socket, 'connect', () => socket.connect(connect.port, connect.host));
      return new DatagramSocket(socket, connect !== null, onSocketError);
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

  /** An address as a vector, from which `send` finds back to the address. */
  vector(host: string, port: number): number[] {
    const vector = inetVector(host, port);
    if (host.includes('%')) {
      if (this.zoned.size >= zonesKept) this.zoned.clear();
      this.zoned.set(String(vector), host);
    }
    return vector;
  }

  setOption(option: string, value: unknown): void {
    setSocketOption(this.socket, option, value);
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
