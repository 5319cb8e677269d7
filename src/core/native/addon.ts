/**
 * The addon's sockets: one call each of the system's, without policy. Nothing here throws for what the system says: a
 * negative result is the system's error number (`-EAGAIN`); a wrong type of argument is a TypeError.
 */

/** What a socket can be asked to watch for. */
export const readable = 1;
export const writable = 2;

/**
 * A socket, closed on exec and never blocking. One that is forgotten is closed when it is collected, or when its thread
 * ends. After `close` and `release` every call answers -EBADF.
 */
export interface NativeSocket {
  /** Its descriptor; -1 when it was closed or released. */
  readonly fd: number;
  /** @param address As made by `Addon.address…`. */
  bind(address: Uint8Array): number;
  /** 0 when connected, -EINPROGRESS when that takes time: then it is writable, and its option SO_ERROR says how it went. */
  connect(address: Uint8Array): number;
  listen(backlog: number): number;
  /** A connection that waited. */
  accept(): NativeSocket | number;
  /** Another descriptor of the same socket. */
  duplicate(): NativeSocket | number;
  /** @param how 0 for receiving, 1 for sending, 2 for both. */
  shutdown(how: number): number;
  setOption(level: number, option: number, value: Uint8Array): number;
  /** Writes the value into `value`, and returns its length. */
  getOption(level: number, option: number, value: Uint8Array): number;
  /** The address it is bound to; of no bytes but the family when it has no name. */
  name(): Uint8Array | number;
  peerName(): Uint8Array | number;
  /**
   * Sends one message, or bytes of a stream.
   *
   * @param to Null for the connected peer.
   * @returns bytes taken
   */
  send(bytes: Uint8Array, to: Uint8Array | null): number;
  /**
   * Sends messages to the connected peer or all to one address, as many as the system takes at once.
   *
   * @returns how many were taken; the error only when it was none
   */
  sendMany(messages: readonly Uint8Array[], from: number, to: Uint8Array | null): number;
  /**
   * Takes what has come, up to `into.count` messages: a batch for one call.
   *
   * @returns how many; the error only when it was none
   */
  receive(into: Batch): number;
  /** Writes into `into` what is next to be read, without taking it, and returns its length; 0 at the end of a stream. */
  peek(into: Uint8Array): number;
  /** Whether the peer of a connection has closed it or its sending half, and no bytes wait to be read. */
  peerEnded(): boolean;
  /**
   * Calls back whenever it is ready, on the event loop, with the `readable` and `writable` that it is ready for. An error
   * of the socket makes it ready for all that it is watched for: the next call is told which. A negative error number says
   * that it can be watched no longer. A watched socket keeps the event loop alive.
   *
   * @param events 0 to stop.
   * @returns 0, or -EEXIST when another part of the program watches this socket
   */
  watch(events: number, ready: (events: number) => void): number;
  /** Stops watching and gives the descriptor away, whose owner the caller is from now on. */
  release(): number;
  /** Stops watching and closes. May be called again. */
  close(): void;
}

/** Where `receive` puts a batch; made once and used again. */
export interface Batch {
  /** Messages at most: the length of `lengths`. */
  readonly lengths: Int32Array;
  /**
   * Bytes of the message before any cut, in full: larger than `lengths` where the system had to cut one. Beyond the
   * slab's room a message comes in `long`.
   */
  readonly sizes: Int32Array;
  /** The messages one behind the other, each in `lengths[i]` bytes. */
  readonly slab: Uint8Array;
  /** A message that did not fit into the slab's rest, always the last of its batch; then `lengths` of it is 0. */
  long: Uint8Array | null;
  /** Senders' addresses, 128 bytes each, `fromLengths[i]` of them used; null where nobody asks. */
  readonly from: Uint8Array | null;
  readonly fromLengths: Int32Array | null;
}

export interface Addon {
  /** @returns the socket, or a negative error number */
  socket(family: number, type: number, protocol: number): NativeSocket | number;
  /**
   * Takes over a descriptor that came from elsewhere; its owner from now on.
   *
   * @returns -ENOTSOCK, and the descriptor is left as it was, when it is none
   */
  adopt(fd: number): NativeSocket | number;
  /** Another descriptor of a socket that somebody else keeps. */
  duplicateOf(fd: number): NativeSocket | number;
  /** `sockaddr_in`. @param bytes 4, in the order written. */
  address4(bytes: Uint8Array, port: number): Uint8Array;
  /** `sockaddr_in6`. @param bytes 16. @param zone A network interface's name or number; "" for none. */
  address6(bytes: Uint8Array, port: number, zone: string): Uint8Array | number;
  /** `sockaddr_un`. @param path At most 107 bytes; beginning with 0 a name in no folder. */
  addressLocal(path: Uint8Array): Uint8Array;
  /** A `sockaddr` of any family. @param bytes What follows the family. */
  addressRaw(family: number, bytes: Uint8Array): Uint8Array;
  /** Reads an address: the inverse of those above. `bytes` is the host, the path, or what follows the family. */
  readAddress(address: Uint8Array): {
    readonly family: number;
    readonly bytes: Uint8Array;
    readonly port: number;
    readonly zone: string;
  };
  /** By name what the system's headers define of AF_…, SOCK_…, SOL_…, IPPROTO_…, SO_…, TCP_NODELAY and the E… used. */
  readonly constants: Readonly<Record<string, number>>;
}
