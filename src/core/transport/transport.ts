/** What moves bytes for a process. Knows no filter, buffer or sentinel. */
import type { NetworkAddress } from '../api';

/** Called when the operating system has the bytes, or with the reason why it will not take them. */
export type Sent = (error: unknown) => void;

/** The side of a process that is a socket. */
export interface Transport {
  /** Whether the socket is read, or a listening one accepts. Off until it is turned on. */
  setReading(on: boolean): void;
  /** Ends it at once; nothing is reported afterwards. May be called twice. */
  close(): void;
}

/** A connected stream. */
export interface StreamTransport extends Transport {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  /** Set before reading begins. */
  onData: (bytes: Buffer) => void;
  /** The peer ended the stream (null), or it broke. Once, after all data. */
  onEnd: (error: unknown) => void;
  write(bytes: Uint8Array, sent: Sent): void;
  /** Shuts the sending half after what was written. */
  end(sent: Sent): void;
  setOption(option: string, value: unknown): void;
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
  onMessage: (bytes: Buffer, peer: NetworkAddress) => void;
  send(bytes: Uint8Array, to: NetworkAddress, sent: Sent): void;
  setOption(option: string, value: unknown): void;
}
