/**
 * Every failure of the core: a stable code, Emacs' condition and data, a message that names the target, and a hint.
 * This table is the only place that knows Node's error codes.
 */
import { constants } from 'node:os';
import { isNil } from './base/nil';

/** Codes and what the user can do next. Renaming a code is a breaking change. */
export const hints = {
  NP_WRONG_TYPE: 'Give a value of the type named.',
  NP_OPTION_TYPE: "Leave 'type' out for a stream, or use 'datagram' or 'seqpacket'.",
  NP_OPTION_COMBINATION: "Use 'server' or 'nowait', not both.",
  NP_OPTION_VALUE: 'See the keyword table for the values of this option.',
  NP_OPTION_PERMISSION:
    'The system does not allow it to this user: priorities above 6, and another interface, need root.',
  NP_OPTION_UNKNOWN: 'See the keyword table for the options there are.',
  NP_UNSUPPORTED: 'Leave this keyword out; featurep tells what works on this computer.',
  NP_ADDRESS_MALFORMED: 'Use [a, b, c, d, port], eight words and a port, or a path.',
  NP_ADDRESS_FAMILY: "Use 'ipv4', 'ipv6' or 'local'.",
  NP_ADDRESS_HOST: 'Use an address, or a host name in ASCII (punycode).',
  NP_ADDRESS_TOO_LONG: 'Use a path of at most 107 bytes, for instance below /tmp.',
  NP_ADDRESS_PORT: 'Use a port from 0 to 65535.',
  NP_RESOLVE_FAILED: 'Check the spelling of the host and service, and that this computer is online.',
  NP_CONNECT_REFUSED: 'Nothing listens there: check the port or path, and that the server runs.',
  NP_CONNECT_TIMEOUT: 'No answer: check the address and firewalls, or raise the connect timeout.',
  NP_CONNECT_NO_FILE: 'Nothing is at that path: check it, and that the server runs.',
  NP_CONNECT_PERMISSION: 'You may not connect to that: check its permissions.',
  NP_CONNECT_FAILED: 'Check the address and the network.',
  NP_LISTEN_IN_USE: 'Another program has it: choose another port or path, or use port 0 for a free one.',
  NP_LISTEN_PERMISSION: 'You may not listen there: choose a port of 1024 or more, or a folder of yours.',
  NP_LISTEN_ADDRESS: 'That address is not one of this computer: use 127.0.0.1, ::1 or one of its own.',
  NP_LISTEN_NO_DIRECTORY: 'The folder of that path does not exist: create it, or choose another.',
  NP_LISTEN_FAILED: 'Choose another address.',
  NP_OUT_OF_DESCRIPTORS: 'Too many files and sockets are open: delete some processes and try again.',
  NP_PEER_RESET: 'The peer broke the connection off: look there for why, then reconnect.',
  NP_MESSAGE_CUT: 'Have the peer send smaller messages.',
  NP_NOT_RUNNING: 'It has ended: reconnect first.',
  NP_SEND_NOT_RUNNING: 'Reconnect first; a listening server has no peer, send to one of its clients.',
  NP_SEND_PEER_GONE: 'The peer closed the connection: reconnect.',
  NP_SEND_LOST: 'The process ended before these bytes were taken: reconnect and send them again.',
  NP_SEND_QUEUE_FULL: 'The peer does not read: wait for earlier sends, or delete the process.',
  NP_SEND_TOO_LARGE: 'Send less in one datagram; 65,507 bytes is the most for UDP over IPv4.',
  NP_SEND_NO_PEER: 'Wait until a datagram has come in, or set the datagram address.',
  NP_SEND_PERMISSION: 'The system does not allow it: a broadcast address needs the broadcast option.',
  NP_SEND_FAILED: 'Check the address and the network.',
  NP_CAPTURE_FULL: 'Save it, then delete finished processes, or raise the limit; the traffic itself goes on.',
  NP_CAPTURE_FAILED: 'Make room on the disk, or look at the permissions of the folder; the traffic itself goes on.',
  NP_CAPTURE_GONE: 'Captures are kept until their process is deleted, or newer ones need the room.',
  NP_CODING_UNKNOWN: 'Use a name such as utf-8, latin-1 or binary, with -unix, -dos or -mac; codingSystemList has all.',
  NP_NO_SUBPROCESS: 'That is for programs that were started; stop, continue or delete a network process instead.',
  NP_NO_PROCESS: 'Look into the list of processes; a finished one is not found by name.',
  NP_BUFFER_DEAD: 'The buffer was killed: use another.',
  NP_BUFFER_SHARED: 'Only a buffer that one process fills by the default filter can be decoded again.',
  NP_BUFFER_NAME: 'Give the buffer a name.',
  NP_BUFFER_NARROWED: 'Widen the buffer first.',
  NP_BUFFER_READ_ONLY: 'Make the buffer writable first.',
  NP_ARGS_OUT_OF_RANGE: 'Positions go from pointMin to pointMax.',
  NP_TLS_PARAMETERS: 'See tlsParameters: keys, their types, and which side of a connection they are for.',
  NP_TLS_FILE: 'Give the path of a readable file in PEM format.',
  NP_TLS_UNSUPPORTED: 'Leave it out; gnutlsAvailableP tells what the TLS library of this program has.',
  NP_TLS_HANDSHAKE: 'Look whether both sides have a TLS version and a cipher in common, and what the peer says of it.',
  NP_TLS_NOT_TLS: 'The peer does not speak TLS here: use its TLS port; after STARTTLS, another server.',
  NP_TLS_TIMEOUT: 'The peer was silent: check that it speaks TLS there, or raise the handshake timeout.',
  NP_TLS_CERTIFICATE: 'Have the server use a certificate for its name that is signed by who is trusted.',
  NP_TLS_REFUSED: 'Look at the problems named; trust the key of that host only if you know it is the right one.',
  NP_TLS_BROKEN: 'The encryption broke off: look at the peer for why, then reconnect.',
  NP_STARTTLS_INJECTION: 'Somebody put text in clear before TLS itself: do not trust that network.',
  NP_STARTTLS_REFUSED: 'The server does not offer STARTTLS: use its TLS port, or another server.',
  NP_STREAM_TYPE: "Use 'plain', 'network', 'starttls', 'tls', 'ssl' or 'shell'.",
  NP_STREAM_PARAMETERS: 'See openNetworkStream: which parameters there are, and their types.',
  NP_NEGOTIATION_TIMEOUT: 'The peer did not say what was waited for: check the patterns, or raise the timeout.',
  NP_NEGOTIATION_TOO_LONG: 'The peer says more than it may have to: check the patterns and the peer.',
  NP_NEGOTIATION_CLOSED: 'The peer closed the connection: look there for why.',
  NP_PATTERN: 'Write a simpler pattern, without one repetition inside another.',
  NP_SHELL_HOST: 'Use a host of letters, digits, dots, hyphens and colons, and a port or the name of a service.',
  NP_SHELL_COMMAND: 'Give shellCommand with %s for the host and %p for the port; %% is a percent sign.',
  NP_SHELL_FAILED: 'Check that the shell is there and can be started.',
  NP_CLONE_NEGOTIATED: 'Open another with openNetworkStream, as this one was opened.',
  NP_UNTRUSTED: 'Trust the workspace first: what runs programs is for trusted workspaces only.',
  NP_GUARDED: 'Only the user may change that, in the settings.',
  NP_CANCELLED: 'Nothing was left behind; try again.',
} as const;

export type ErrorCode = keyof typeof hints;

/** Emacs' error symbols that we signal. */
export type Condition =
  | 'error'
  | 'file-error'
  | 'file-missing'
  | 'file-already-exists'
  | 'wrong-type-argument'
  | 'args-out-of-range'
  | 'coding-system-error'
  | 'buffer-read-only'
  | 'gnutls-error'
  | 'quit';

/**
 * What every function of the core throws or rejects with. Tell errors apart by `code`, not by `instanceof`: two
 * copies of this class may meet.
 */
export class NetworkProcessError extends Error {
  override readonly name = 'NetworkProcessError';
  /** What the user can do next, one sentence. */
  readonly hint: string;

  /**
   * @param condition Emacs' error symbol.
   * @param data Emacs' error data: leading strings are its message, the rest its arguments.
   * @param target What it happened to, e.g. `127.0.0.1:80`; named in the message.
   */
  constructor(
    readonly code: ErrorCode,
    readonly condition: Condition,
    readonly data: readonly unknown[],
    readonly target: string | null = null,
    options?: { cause?: unknown; hint?: string },
  ) {
    const text = emacsMessage(condition, data);
    super(target !== null && !text.includes(target) ? `${text} (${target})` : text, options);
    this.hint = options?.hint ?? hints[code];
  }
}

/** What Emacs shows for an error, without the arguments it appends. */
export function emacsMessage(condition: Condition, data: readonly unknown[]): string {
  const firstOther = data.findIndex((d) => typeof d !== 'string');
  const strings = (firstOther < 0 ? data : data.slice(0, firstOther)) as string[];
  if (condition === 'wrong-type-argument') return `Wrong type argument: ${data.map(show).join(', ')}`;
  if (condition === 'args-out-of-range') return `Args out of range: ${data.map(show).join(', ')}`;
  if (condition === 'buffer-read-only') return 'Buffer is read-only';
  if (condition === 'coding-system-error') return `Invalid coding system: ${show(data[0])}`;
  return strings.join(': ');
}

/** True for our errors, also those of another copy of the core. */
export function isNetworkProcessError(e: unknown): e is NetworkProcessError {
  return e instanceof Error && e.name === 'NetworkProcessError' && 'code' in e && 'hint' in e;
}

/** `(wrong-type-argument PREDICATE VALUE)`. */
export function wrongType(predicate: string, value: unknown): NetworkProcessError {
  return new NetworkProcessError('NP_WRONG_TYPE', 'wrong-type-argument', [Symbol.for(predicate), value ?? null]);
}

/** A value as Emacs would print it, shortened. */
function show(value: unknown): string {
  if (typeof value === 'symbol') return value.description ?? '';
  if (isNil(value)) return 'nil';
  if (value === true) return 't';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'number') return String(value);
  const named = (value as { name?: unknown }).name;
  if (typeof named === 'string') return `#<${named}>`;
  return Array.isArray(value) ? `[${value.map(show).join(' ').slice(0, 80)}]` : `#<${typeof value}>`;
}

/** The texts of the C library, as Emacs shows them; libuv's own differ in case and wording. */
const systemTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EPIPE: 'Broken pipe',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EMSGSIZE: 'Message too long',
  EMFILE: 'Too many open files',
  ENFILE: 'Too many open files in system',
  EPROTOTYPE: 'Protocol wrong type for socket',
  ENOTSOCK: 'Socket operation on non-socket',
  ESOCKTNOSUPPORT: 'Socket type not supported',
  EPROTONOSUPPORT: 'Protocol not supported',
  EOPNOTSUPP: 'Operation not supported',
  ENOTSUP: 'Operation not supported',
  ENOPROTOOPT: 'Protocol not available',
  ENODEV: 'No such device',
  EDOM: 'Numerical argument out of domain',
  ENOBUFS: 'No buffer space available',
  EAFNOSUPPORT: 'Address family not supported by protocol',
  EAGAIN: 'Resource temporarily unavailable',
  EROFS: 'Read-only file system',
  ENOTCONN: 'Transport endpoint is not connected',
  ECANCELED: 'Operation canceled',
  ENOSPC: 'No space left on device',
  EDQUOT: 'Disk quota exceeded',
  EIO: 'Input/output error',
  EFBIG: 'File too large',
};

/** Node's code of a system error (`ECONNREFUSED`), or null. */
export function systemCode(e: unknown): string | null {
  const code = (e as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/** The system's text for an error: `Connection refused`. */
export function systemText(e: unknown): string {
  const code = systemCode(e);
  return (code && systemTexts[code]) ?? (e instanceof Error ? e.message : String(e));
}

/** The error number that the sentinel's `failed with code N` gives, on this system; 5 (EIO) for others. */
export function systemNumber(e: unknown): number {
  const code = systemCode(e);
  return (constants.errno as Record<string, number>)[code ?? ''] ?? constants.errno.EIO;
}

/** What of a system error is told, for each thing we do: our code and Emacs' first string. */
type Doing = 'connect' | 'socket' | 'bind' | 'listen' | 'option' | 'read' | 'write' | 'datagram' | 'capture';

const said: Record<Doing, string> = {
  connect: 'make client process failed',
  socket: 'make server process failed',
  bind: 'Cannot bind server socket',
  listen: 'Cannot listen on server socket',
  option: 'Cannot set network option',
  read: 'Reading from process',
  write: 'Writing to process',
  datagram: 'Sending datagram',
  capture: 'Capturing traffic',
};

function codeFor(doing: Doing, system: string | null): ErrorCode {
  if (doing !== 'capture' && (system === 'EMFILE' || system === 'ENFILE')) return 'NP_OUT_OF_DESCRIPTORS';
  switch (doing) {
    case 'connect':
      if (system === 'ECONNREFUSED') return 'NP_CONNECT_REFUSED';
      if (system === 'ETIMEDOUT') return 'NP_CONNECT_TIMEOUT';
      if (system === 'ENOENT') return 'NP_CONNECT_NO_FILE';
      return system === 'EACCES' || system === 'EPERM' ? 'NP_CONNECT_PERMISSION' : 'NP_CONNECT_FAILED';
    case 'socket':
    case 'bind':
    case 'listen':
      if (system === 'EADDRINUSE' || system === 'EEXIST') return 'NP_LISTEN_IN_USE';
      if (system === 'EACCES' || system === 'EPERM' || system === 'EROFS') return 'NP_LISTEN_PERMISSION';
      if (system === 'EADDRNOTAVAIL') return 'NP_LISTEN_ADDRESS';
      return system === 'ENOENT' || system === 'ENOTDIR' ? 'NP_LISTEN_NO_DIRECTORY' : 'NP_LISTEN_FAILED';
    case 'option':
      return system === 'EACCES' || system === 'EPERM' ? 'NP_OPTION_PERMISSION' : 'NP_OPTION_VALUE';
    case 'read':
      return 'NP_PEER_RESET';
    case 'capture':
      return 'NP_CAPTURE_FAILED';
    case 'write':
    case 'datagram':
      if (system === 'EMSGSIZE') return 'NP_SEND_TOO_LARGE';
      return system === 'EACCES' || system === 'EPERM' ? 'NP_SEND_PERMISSION' : 'NP_SEND_FAILED';
  }
}

/**
 * A system error as Emacs signals it: `file-error`, or `file-missing` when the system says ENOENT.
 *
 * @param args What Emacs appends to the two strings, e.g. the contact.
 */
export function fileError(doing: Doing, cause: unknown, target: string, ...args: unknown[]): NetworkProcessError {
  const system = systemCode(cause);
  const condition = system === 'ENOENT' ? 'file-missing' : system === 'EEXIST' ? 'file-already-exists' : 'file-error';
  const options = cause instanceof Error ? { cause } : undefined;
  return new NetworkProcessError(
    codeFor(doing, system),
    condition,
    [said[doing], systemText(cause), ...args],
    target,
    options,
  );
}
