/**
 * The socket options of network processes: their values, and how they get onto a socket and are read from it. Native
 * sockets have all of them; without those, what Node can set is set and the rest refused by name.
 *
 * @see Emacs Lisp manual, "Network Options"; socket(7), tcp(7); Node, net.Socket#setKeepAlive, dgram.Socket#setBroadcast
 */
import type { Socket as DatagramSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { endianness } from 'node:os';
import { isNil } from '../base/nil';
import { fileError, NetworkProcessError } from '../errors';
import type { Addon, NativeSocket } from '../native/addon';
import { addonProblem, loadAddon } from '../native/loadAddon';
import { systemError } from './systemError';

/** Kinds of sockets. */
export type SocketType = 'stream' | 'datagram' | 'seqpacket';

/** How an option's value looks. */
type Form = 'flag' | 'linger' | 'number' | 'device';

interface Option {
  readonly level: 'SOL_SOCKET' | 'IPPROTO_TCP';
  readonly constant: string;
  readonly form: Form;
  /** The sockets that Node can set it on. */
  readonly byNode: readonly SocketType[];
}

const socketOption = (constant: string, form: Form, ...byNode: SocketType[]): Option => ({
  level: 'SOL_SOCKET',
  constant,
  form,
  byNode,
});

const options: Readonly<Record<string, Option>> = {
  bindtodevice: socketOption('SO_BINDTODEVICE', 'device'),
  broadcast: socketOption('SO_BROADCAST', 'flag', 'datagram'),
  dontroute: socketOption('SO_DONTROUTE', 'flag'),
  keepalive: socketOption('SO_KEEPALIVE', 'flag', 'stream'),
  linger: socketOption('SO_LINGER', 'linger'),
  nodelay: { level: 'IPPROTO_TCP', constant: 'TCP_NODELAY', form: 'flag', byNode: ['stream'] },
  oobinline: socketOption('SO_OOBINLINE', 'flag'),
  priority: socketOption('SO_PRIORITY', 'number'),
  reuseaddr: socketOption('SO_REUSEADDR', 'flag', 'stream', 'datagram'),
};

export const optionNames: readonly string[] = Object.keys(options);

/** An option and its value, as given. */
export type GivenOption = readonly [option: string, value: unknown];

function optionOf(name: string): Option | null {
  return Object.hasOwn(options, name) ? options[name]! : null;
}

/** Why an option can be set on no socket here; null when it can. */
export function optionProblem(name: string): string | null {
  const option = optionOf(name);
  if (!option) return `There is no socket option ${name}`;
  const addon = loadAddon();
  if (!addon) return option.byNode.length > 0 ? null : addonProblem();
  return option.constant in addon.constants ? null : `This system has no ${option.constant}`;
}

/**
 * Looks at an option before any socket exists.
 *
 * @throws NP_OPTION_VALUE for a value that the option never has, NP_UNSUPPORTED for an option that cannot be set here
 */
export function checkOption(name: string, value: unknown, type: SocketType): void {
  const option = options[name]!;
  if (!isValue(option.form, value)) {
    throw new NetworkProcessError('NP_OPTION_VALUE', 'error', [`Bad option value for :${name}`], null);
  }
  const addon = loadAddon();
  if (addon ? option.constant in addon.constants : option.byNode.includes(type)) {
    // Node's own TCP sockets have it always.
    if (addon || name !== 'reuseaddr' || type === 'datagram' || !isNil(value)) return;
  }
  // Turning off what nobody turned on needs nothing.
  else if (isNil(value)) return;
  const text = ['Unknown or unsupported option', `:${name} on a ${type} socket`];
  const hint = addonProblem() ?? `This system has no ${option.constant}`;
  throw new NetworkProcessError('NP_UNSUPPORTED', 'error', text, null, { hint: `${hint}: leave it out.` });
}

function isValue(form: Form, value: unknown): boolean {
  if (form === 'number') return isInt(value);
  return form !== 'device' || isNil(value) || typeof value === 'string';
}

function isInt(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;
}

/** @throws NP_OPTION_VALUE, NP_OPTION_PERMISSION, NP_OUT_OF_DESCRIPTORS: Emacs' `Cannot set network option` */
export function setNativeOption(addon: Addon, socket: NativeSocket, [name, value]: GivenOption): void {
  const { level, constant, form } = options[name]!;
  const [where, what] = [addon.constants[level], addon.constants[constant]];
  if (where === undefined || what === undefined) return;
  const result = socket.setOption(where, what, encode(form, value));
  if (result >= 0) return;
  const data = [Symbol.for(`:${name}`), isNil(value) ? null : value];
  throw fileError('option', systemError(result), `:${name} ${String(value)}`, ...data);
}

/** What the system says of every option, in this list's words; null for one that a socket does not have. */
export function readNativeOptions(addon: Addon, socket: NativeSocket): Record<string, unknown> {
  return Object.fromEntries(optionNames.map((name) => [name, read(addon, socket, options[name]!)]));
}

function read(addon: Addon, socket: NativeSocket, { level, constant, form }: Option): unknown {
  const [where, what] = [addon.constants[level], addon.constants[constant]];
  if (where === undefined || what === undefined) return null;
  const value = Buffer.alloc(form === 'device' ? deviceNameBytes : 8);
  const length = socket.getOption(where, what, value);
  return length < 0 ? null : decode(form, value.subarray(0, length));
}

/** `IFNAMSIZ`. */
const deviceNameBytes = 16;

const isLittle = endianness() === 'LE';

function encode(form: Form, value: unknown): Uint8Array {
  const on = !isNil(value);
  // Cut as Emacs does: no interface has a longer name.
  if (form === 'device') return Buffer.from(on ? (value as string) : '').subarray(0, deviceNameBytes);
  if (form === 'linger') return Buffer.concat([int(on ? 1 : 0), int(isInt(value) ? value : 0)]);
  return int(form === 'number' ? (value as number) : on ? 1 : 0);
}

function decode(form: Form, value: Buffer): unknown {
  if (form === 'device') return value.toString().replace(/\0.*/s, '') || null;
  const first = readInt(value);
  if (form === 'linger') return first !== 0 ? readInt(value.subarray(4)) : null;
  return form === 'number' ? first : first !== 0;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (isLittle) bytes.writeInt32LE(value);
  else bytes.writeInt32BE(value);
  return bytes;
}

function readInt(bytes: Buffer): number {
  return isLittle ? bytes.readInt32LE() : bytes.readInt32BE();
}

/**
 * Sets an option on a live socket of Node's, by itself or, where there are native sockets, by the system.
 *
 * @throws NP_NOT_RUNNING for one that has ended; the errors of `setNativeOption`
 */
export function setSocketOption(socket: Socket | DatagramSocket, option: GivenOption): void {
  const addon = loadAddon();
  const native = addon ? nativeOf(addon, socket) : null;
  if (addon && native) {
    try {
      setNativeOption(addon, native, option);
    } finally {
      native.close();
    }
    return;
  }
  if (addon) throw new NetworkProcessError('NP_NOT_RUNNING', 'error', ['Process is not running'], null);
  const [name, value] = option;
  const on = !isNil(value);
  if (socket instanceof Socket) {
    if (name === 'keepalive') socket.setKeepAlive(on);
    if (name === 'nodelay') socket.setNoDelay(on);
  } else if (name === 'broadcast') socket.setBroadcast(on);
}

/** The options of a live socket of Node's; null without native sockets. */
export function readSocketOptions(socket: Socket): Record<string, unknown> | null {
  const addon = loadAddon();
  const native = addon ? nativeOf(addon, socket) : null;
  if (!addon || !native) return null;
  try {
    return readNativeOptions(addon, native);
  } finally {
    native.close();
  }
}

/**
 * Another descriptor of a socket that Node keeps; null when it has none. To be closed at once: while it is open, so is the
 * connection. The descriptor is a part of Node that is not public.
 */
function nativeOf(addon: Addon, socket: Socket | DatagramSocket): NativeSocket | null {
  const { fd } = (socket as unknown as { _handle: { readonly fd?: number } | null })._handle ?? {};
  const native = typeof fd === 'number' && fd >= 0 ? addon.duplicateOf(fd) : null;
  if (typeof native === 'number') throw fileError('option', systemError(native), `descriptor ${fd}`);
  return native;
}
