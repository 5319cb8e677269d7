import type { Addon, Batch, NativeSocket } from '../../src/core/native/addon';

export declare const readable: 1;
export declare const writable: 2;

export type Kind = 'tcp4' | 'tcp6' | 'udp4' | 'udp6' | 'stream' | 'datagram' | 'seqpacket';

export interface Kit {
  readonly addon: Addon;
  readonly constants: Readonly<Record<string, number>>;
  /** Family, type, and an address to bind to. */
  readonly kinds: Readonly<Record<Kind, readonly [family: number, type: number, address: () => Uint8Array]>>;
  /** An address that nobody has. */
  unusedLocal(): Uint8Array;
  /** What a call gave; throws where that is the system's error. */
  must<T>(result: T | number): T;
  open(kind: Kind): NativeSocket;
  bound(kind: Kind): NativeSocket;
  listening(kind: Kind, backlog?: number): NativeSocket;
  /** Two sockets connected to each other. */
  pair(kind: Kind): Promise<[NativeSocket, NativeSocket]>;
  /** What a socket is ready for; it is not watched any more then. */
  ready(socket: NativeSocket, events: number): Promise<number>;
}

/** The addon in a file, with helpers around it. */
export declare function kitOf(file: string): Kit;
/** Room for messages. */
export declare function batchOf(count?: number, slabBytes?: number, hasFrom?: boolean): Batch;
/** The messages of a batch: copies. */
export declare function messagesOf(batch: Batch, count: number): Buffer[];
/** How many descriptors this process has; Linux. */
export declare function descriptors(): number;
