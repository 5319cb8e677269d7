/** What moves bytes for a process. Knows no filter, buffer or sentinel. */
import type { Socket } from 'node:net';
import type { NetworkAddress, PeerStatus } from '../api';
import type { Target } from '../address/target';
import type { NetworkProcessError } from '../errors';
import type { GivenOption } from './socketOptions';

/** Called when the operating system has the bytes, or with the reason why it will not take them. */
export type Sent = (error: unknown) => void;

/** The side of a process that is a socket. */
export interface Transport {
  /** Of a program's stream only. */
  readonly program?: Program;
  /** Of an encrypted stream only. */
  readonly encryption?: Encryption;
  /** Whether the socket is read, or a listening one accepts. Off until it is turned on. */
  setReading(on: boolean): void;
  /** Ends it at once; nothing is reported afterwards. May be called twice. */
  close(): void;
  /** @throws NP_OPTION_VALUE, NP_OPTION_PERMISSION when the system refuses. */
  setOption(option: GivenOption): void;
  /** All options as the system has them, null for those that such a socket has not; null without native sockets. */
  options(): Record<string, unknown> | null;
}

/** How a program ended that takes the place of a connection. */
export interface Ended {
  readonly status: 'exit' | 'signal';
  /** What the sentinel is told: `"finished\n"`. */
  readonly message: string;
  readonly exitStatus: number;
}

/** A program that takes the place of a connection. */
export interface Program {
  readonly pid: number;
  /** What was started, and its arguments. */
  readonly command: readonly string[];
  /** Null while it runs. */
  readonly ended: Ended | null;
  /** @param signal By name or number. @throws when the system knows no such signal */
  signal(signal: NodeJS.Signals | number): void;
}

/**
 * What an encrypted stream tells of itself. No class is asked for: that of such streams is in a file of its own, which may
 * not have been read.
 */
export interface Encryption {
  /** `TLS1.3`. */
  readonly protocol: string;
  readonly status: PeerStatus;
  /**
   * What it means that reading failed.
   *
   * @param name Of the process.
   */
  broken(cause: unknown, name: string): NetworkProcessError;
}

/** A connection: a stream, or packets. */
export interface StreamTransport extends Transport {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  /** Whether what is written at once arrives at once, and what arrives is one message. */
  readonly hasPackets: boolean;
  /**
   * Set before reading begins.
   *
   * @param size Bytes the packet had; more than there are where the system cut it.
   */
  onData: (bytes: Buffer, size: number) => void;
  /** The peer ended the stream (null), or it broke. Once, after all data. Null while nobody listens. */
  onEnd: ((error: unknown) => void) | null;
  write(bytes: Uint8Array, sent: Sent): void;
  /** Shuts the sending half after what was written. */
  end(sent: Sent): void;
}

/**
 * A stream in clear, on which an encrypted one can be put. An end that nobody listens to is told when reading is turned on
 * again.
 */
export interface PlainStream extends StreamTransport {
  /**
   * Hands the socket on to whoever goes on with it; this transport is used up. Nothing has been read that was not given
   * to `onData`, but for what the socket itself holds.
   */
  release(): Socket;
  /** Resolves when the system has taken all that was written, or the socket is gone. */
  drained(): Promise<void>;
  /** Bytes read from the system that nobody was given yet. */
  readonly unread: number;
}

export function isPlainStream(transport: Transport | null): transport is PlainStream {
  return transport !== null && 'release' in transport && !transport.encryption;
}

/** A socket that accepts streams. */
export interface ListenTransport extends Transport {
  readonly local: NetworkAddress;
  onAccept: (stream: StreamTransport) => void;
  onAcceptError: (error: unknown) => void;
}

/** A datagram socket. */
export interface DatagramTransport extends Transport {
  readonly local: NetworkAddress;
  /**
   * @param peer Who sent it; an empty text when that is a local socket without a name.
   * @param size Bytes it had; more than there are where the system cut it.
   */
  onMessage: (bytes: Buffer, peer: NetworkAddress, size: number) => void;
  /** So many more were dropped by the system, which had no room. */
  onDropped: (count: number) => void;
  send(bytes: Uint8Array, to: NetworkAddress, sent: Sent): void;
  /** An address as a value from which `send` finds back to it. */
  address(target: Target): NetworkAddress;
}
