/**
 * Node's own listening handle. The public `net.Server` cannot stop accepting without closing; its handle can: opening
 * the handle's own descriptor makes it readable, and then reading is accepting. While it does not read, the kernel
 * queues, as for a stopped server of Emacs.
 *
 * Internals of Node (`process.binding`; tests run on Node 20 and 24); `available` tells whether this host has them.
 */
import { Socket } from 'node:net';

interface Handle {
  readonly fd: number;
  bind(address: string, port?: number): number;
  bind6?(address: string, port: number, flags: number): number;
  open(fd: number): number;
  listen(backlog: number): number;
  readStart(): number;
  readStop(): number;
  close(): void;
  getsockname?(out: { address?: string; port?: number }): number;
  onconnection: (status: number, client: unknown) => void;
}

interface Binding {
  TCP?: new (kind: number) => Handle;
  Pipe?: new (kind: number) => Handle;
  constants: { SERVER: number };
}

function binding(name: 'tcp_wrap' | 'pipe_wrap'): Binding | null {
  try {
    return (process as unknown as { binding(name: string): Binding }).binding(name);
  } catch {
    // A Node without this binding: servers are refused by name, see `available`.
    return null;
  }
}

function make(kind: 'tcp' | 'pipe'): Handle | null {
  const from = binding(kind === 'tcp' ? 'tcp_wrap' : 'pipe_wrap');
  const Class = kind === 'tcp' ? from?.TCP : from?.Pipe;
  return from && Class ? new Class(from.constants.SERVER) : null;
}

/** Whether stream servers work here. */
export function listenHandleAvailable(): boolean {
  const handle = make('tcp');
  handle?.close();
  return handle !== null;
}

/** A bound, listening, not yet accepting socket. */
export interface ListenHandle {
  readonly port: number;
  accept(on: boolean): void;
  close(): void;
}

/** What stopped it and Node's negative error number. */
export interface HandleFailure {
  readonly doing: 'socket' | 'bind' | 'listen';
  readonly errno: number;
}

/**
 * Binds and listens, synchronously.
 *
 * @param at A path, or a numeric host and port.
 * @param onConnection A new socket, or Node's negative error number.
 */
export function listenHandle(
  at: { host: string; port: number } | { path: string },
  backlog: number,
  onConnection: (socket: Socket | null, errno: number) => void,
): ListenHandle | HandleFailure {
  const handle = make('path' in at ? 'pipe' : 'tcp');
  if (!handle) return { doing: 'socket', errno: 0 };
  const failed = (doing: 'bind' | 'listen', errno: number): HandleFailure => {
    handle.close();
    return { doing, errno };
  };
  const bound = bind(handle, at);
  if (bound < 0) return failed('bind', bound);
  handle.open(handle.fd);
  handle.onconnection = (status, client) => {
    if (status < 0 || !client) return onConnection(null, status);
    onConnection(new Socket({ handle: client, allowHalfOpen: true, pauseOnCreate: true } as never), 0);
  };
  const listening = handle.listen(backlog);
  // libuv reports a taken port only now.
  if (listening < 0) return failed('bind', listening);
  // Listening itself polls without the mark of reading; only what was started can be stopped.
  handle.readStart();
  handle.readStop();
  return {
    port: portOf(handle),
    accept: (on) => void (on ? handle.readStart() : handle.readStop()),
    close: () => handle.close(),
  };
}

function bind(handle: Handle, at: { host: string; port: number } | { path: string }): number {
  if ('path' in at) return handle.bind(at.path);
  return at.host.includes(':') ? handle.bind6!(at.host, at.port, 0) : handle.bind(at.host, at.port);
}

function portOf(handle: Handle): number {
  const name: { port?: number } = {};
  handle.getsockname?.(name);
  return name.port ?? 0;
}
