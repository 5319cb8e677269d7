/**
 * The arguments of `makeNetworkProcess`, checked in Emacs' order, before any socket exists.
 *
 * @see Emacs Lisp manual, "make-network-process", "Network Options"
 */
import type { NetworkProcessSpec, Options, TextBuffer } from '../api';
import { familyOf, fromVector, type InetAddress } from '../address/address';
import { checkAscii, checkPortRange } from '../address/resolve';
import { longestPath, type RawAddress } from '../address/target';
import { isNil, symbolName } from '../base/nil';
import type { BufferList } from '../buffer/bufferList';
import { codingSystem, rawTextOf, type CodingSystem } from '../coding/codingSystem';
import { NetworkProcessError, wrongType } from '../errors';
import type { ProcessPlan } from '../process/plan';
import { plistMap } from '../process/plist';
import { addonProblem } from '../native/loadAddon';
import { checkOption, optionNames, type GivenOption, type SocketType } from '../transport/socketOptions';

/** Where to: an address as given, a name to look up, or a path. */
export type Where =
  | { readonly kind: 'address'; readonly address: InetAddress }
  | {
      readonly kind: 'name';
      readonly host: string;
      readonly service: string | number;
      /** A number is a family that is none of these to the system. */
      readonly family: 'ipv4' | 'ipv6' | number | null;
    }
  | { readonly kind: 'raw'; readonly address: RawAddress }
  | { readonly kind: 'path'; readonly path: string };

/** What is looked at before names are looked up. */
export interface CheckedWhere {
  readonly name: string;
  readonly contact: Map<string, unknown>;
  readonly where: Where;
  /** The backlog; null for a client. */
  readonly backlog: number | null;
  readonly type: SocketType;
  readonly nowait: boolean;
}

/** What is looked at afterwards: what the process is made from, and what its socket is. */
export interface CheckedRest extends Omit<
  ProcessPlan,
  'name' | 'contact' | 'isServer' | 'type' | 'server' | 'continues'
> {
  /** What is wrong with the coding systems. Emacs notices only when the socket is there. */
  readonly codingError: Error | null;
  /** A datagram server's first peer: an address or a path. */
  readonly peer: InetAddress | string | null;
  readonly connected: boolean;
  readonly mode: number;
  readonly keepFile: boolean;
  /** Socket options in the order given. */
  readonly options: readonly GivenOption[];
  /** A socket that this program was started with is wanted. */
  readonly isExternal: boolean;
}

const defaultBacklog = 5;

/**
 * The first part of the checks: what it is and where to.
 *
 * @throws NP_OPTION_TYPE, NP_OPTION_COMBINATION, NP_WRONG_TYPE, NP_ADDRESS_…: what Emacs signals first
 */
export function checkWhere(spec: NetworkProcessSpec): CheckedWhere {
  const contact = new Map<string, unknown>();
  for (const key in spec) {
    const value = Object.hasOwn(spec, key) ? (spec as Record<string, unknown>)[key] : undefined;
    if (value !== undefined) contact.set(key, value);
  }
  const type = checkType(spec);
  const isServer = !isNil(spec.server);
  if (isServer && !isNil(spec.nowait)) {
    throw new NetworkProcessError('NP_OPTION_COMBINATION', 'error', ["':server' is incompatible with ':nowait'"]);
  }
  if (typeof spec.name !== 'string') throw wrongType('stringp', spec.name);
  const where = checkAddressing(spec, isServer, contact);
  checkSupported(type, where);
  return {
    name: spec.name,
    contact,
    where,
    backlog: isServer ? backlogOf(spec.server) : null,
    type,
    nowait: !isNil(spec.nowait),
  };
}

/**
 * The second part, after names were looked up. Makes the buffer that the spec names.
 *
 * @throws NP_BUFFER_NAME, NP_WRONG_TYPE, NP_OPTION_VALUE, NP_UNSUPPORTED
 */
export function checkRest(
  spec: NetworkProcessSpec,
  checked: CheckedWhere,
  options: Options,
  buffers: BufferList,
): CheckedRest {
  const { contact, type } = checked;
  const buffer = isNil(spec.buffer) ? null : buffers.getOrCreate(spec.buffer);
  const plist = plistMap(spec.plist, 'sequencep');
  const { tlsParameters } = spec;
  if (!isNil(tlsParameters) && typeof tlsParameters !== 'object') throw wrongType('listp', tlsParameters);
  const coding = checkCoding(spec, checked.where, options, buffer);
  const given: GivenOption[] = [];
  for (const [option, value] of contact) {
    if (!optionNames.includes(option)) continue;
    checkOption(option, value, type);
    given.push([option, value]);
  }
  return {
    stopped: !isNil(spec.stop),
    query: isNil(spec.noquery),
    inheritCoding: options.inheritProcessCodingSystem && buffer !== null && isNil(spec.coding),
    buffer,
    filter: isNil(spec.filter) ? null : spec.filter,
    sentinel: isNil(spec.sentinel) ? null : spec.sentinel,
    log: isNil(spec.log) ? null : spec.log,
    plist,
    decode: spec.filterMultibyte === null || spec.filterMultibyte === false ? rawTextOf(coding.decode) : coding.decode,
    encode: coding.encode,
    codingError: coding.error ?? null,
    peer: type === 'datagram' && checked.backlog !== null ? firstPeer(spec.remote) : null,
    connected: !isNil(spec.connected),
    mode: checkMode(spec.mode),
    keepFile: !isNil(spec.keepFile),
    options: given,
    isExternal: !isNil(spec.useExternalSocket),
  };
}

function firstPeer(remote: unknown): InetAddress | string | null {
  return typeof remote === 'string' ? checkPath(remote) : fromVector(remote);
}

/** A number that the system takes. */
function backlogOf(server: unknown): number {
  const backlog = typeof server === 'number' ? Math.trunc(server) : defaultBacklog;
  return Math.abs(backlog) < 2 ** 31 ? backlog : defaultBacklog;
}

function checkType(spec: NetworkProcessSpec): SocketType {
  if (isNil(spec.type)) return 'stream';
  const name = symbolName(spec.type);
  if (name === 'datagram' || name === 'seqpacket') return name;
  throw new NetworkProcessError('NP_OPTION_TYPE', 'error', ['Unsupported connection type']);
}

/** @throws NP_UNSUPPORTED for what takes native sockets where there are none */
function checkSupported(type: SocketType, { kind }: Where): void {
  if (type !== 'seqpacket' && !(type === 'datagram' && kind === 'path')) return;
  const hint = addonProblem();
  if (hint === null) return;
  const what = type === 'seqpacket' ? 'seqpacket' : 'local datagram';
  throw new NetworkProcessError('NP_UNSUPPORTED', 'error', ['Unsupported connection type'], `${what} sockets`, {
    hint,
  });
}

function checkAddressing(spec: NetworkProcessSpec, isServer: boolean, contact: Map<string, unknown>): Where {
  const override = isServer ? spec.local : spec.remote;
  if (!isNil(override)) return checkAddress(override);
  const family = checkFamily(spec.family);
  const host = checkHost(spec.host, family);
  if (family === 'local') {
    // As Emacs, which drops the host of a local socket from the contact.
    if (contact.has('host')) contact.set('host', null);
    return { kind: 'path', path: checkPath(spec.service) };
  }
  const service = checkService(spec.service);
  // Without waiting, the look-up fails.
  if (isNil(spec.nowait)) checkAscii(host);
  return { kind: 'name', host, service, family };
}

function checkAddress(address: unknown): Where {
  if (typeof address === 'string') return { kind: 'path', path: checkPath(address) };
  const { family, bytes } = address as { family?: unknown; bytes?: unknown };
  if (isFamily(family) && Array.isArray(bytes) && bytes.length <= 126 && bytes.every(isByte)) {
    // A path has a file, whatever way it is given.
    if (familyOf(family) === 'local') return { kind: 'path', path: checkPath(pathOf(bytes)) };
    return { kind: 'raw', address: { rawFamily: family, bytes } };
  }
  const inet = fromVector(address);
  if (!inet) throw new NetworkProcessError('NP_ADDRESS_MALFORMED', 'error', ['Malformed :address']);
  return { kind: 'address', address: inet };
}

/** `sa_family_t`. */
function isFamily(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff;
}

/** Up to its final NUL, if it has one. */
function pathOf(bytes: readonly number[]): string {
  const end = bytes.indexOf(0, 1);
  return Buffer.from(end < 0 ? bytes : bytes.slice(0, end)).toString();
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

type Family = 'ipv4' | 'ipv6' | 'local';

function checkFamily(family: unknown): Family | number | null {
  if (isNil(family)) return null;
  if (Number.isInteger(family)) return family === 0 ? null : (familyOf(family as number) ?? (family as number));
  const name = symbolName(family);
  if (name === 'ipv4' || name === 'ipv6' || name === 'local') return name;
  throw new NetworkProcessError('NP_ADDRESS_FAMILY', 'error', ['Unknown address family']);
}

function checkHost(host: unknown, family: Family | number | null): string {
  const isLocal = host === 'local' || (typeof host === 'symbol' && host.description === 'local');
  if (isNil(host) || isLocal) return family === 'ipv6' ? '::1' : '127.0.0.1';
  if (typeof host !== 'string') throw wrongType('stringp', host);
  return host;
}

/** @throws NP_WRONG_TYPE, NP_ADDRESS_MALFORMED, NP_ADDRESS_TOO_LONG for what is no path of a socket */
export function checkPath(service: unknown): string {
  if (typeof service !== 'string') throw wrongType('stringp', service);
  // The first may be one, before a name that is in no folder.
  if (service.includes('\0', 1)) {
    throw new NetworkProcessError('NP_ADDRESS_MALFORMED', 'error', ['A zero byte inside the path of a local socket']);
  }
  const bytes = Buffer.byteLength(service);
  if (bytes === 0) throw new NetworkProcessError('NP_ADDRESS_MALFORMED', 'error', ['Empty path of a local socket']);
  if (bytes > longestPath) {
    const target = `${bytes} of ${longestPath} bytes`;
    throw new NetworkProcessError('NP_ADDRESS_TOO_LONG', 'error', ['Service name too long'], target);
  }
  return service;
}

function checkService(service: unknown): string | number {
  if (service === true) return 0;
  checkPortRange(service);
  if (Number.isInteger(service) || typeof service === 'string') return service as number | string;
  throw wrongType('stringp', service);
}

interface CodingPair {
  readonly decode: CodingSystem | null;
  readonly encode: CodingSystem | null;
}

function checkCoding(
  spec: NetworkProcessSpec,
  where: Where,
  options: Options,
  buffer: TextBuffer | null,
): CodingPair & { error?: Error } {
  try {
    return findCoding(spec, where, options, buffer);
  } catch (error) {
    return { decode: null, encode: null, error: error as Error };
  }
}

function findCoding(spec: NetworkProcessSpec, where: Where, options: Options, buffer: TextBuffer | null): CodingPair {
  const { coding } = spec;
  if (!isNil(coding)) return codingPair(coding);
  const listed = where.kind === 'name' ? listedCoding(spec, options.networkCodingSystemAlist) : null;
  const unibyte = buffer !== null && !buffer.multibyte;
  const { codingSystemForRead, codingSystemForWrite, defaultCoding } = options;
  return {
    decode: codingSystemForRead
      ? codingSystem(codingSystemForRead)
      : unibyte
        ? null
        : (listed ?? codingPair(defaultCoding)).decode,
    encode: codingSystemForWrite ? codingSystem(codingSystemForWrite) : (listed ?? codingPair(defaultCoding)).encode,
  };
}

function codingPair(coding: unknown): CodingPair {
  if (typeof coding === 'object' && coding !== null && ('decode' in coding || 'encode' in coding)) {
    const pair = coding as { decode?: unknown; encode?: unknown };
    return { decode: codingSystem(pair.decode), encode: codingSystem(pair.encode) };
  }
  const both = codingSystem(coding);
  return { decode: both, encode: both };
}

/** What the list says about a service; null when it says nothing. */
function listedCoding(spec: NetworkProcessSpec, list: Options['networkCodingSystemAlist']): CodingPair | null {
  const { service } = spec;
  const fits = (key: number | string | RegExp): boolean =>
    typeof key === 'number' ? key === service : typeof service === 'string' && matches(service, key);
  const coding = list.find(([key]) => fits(key))?.[1];
  const found = typeof coding === 'function' ? coding(spec) : coding;
  return isNil(found) ? null : codingPair(found);
}

function matches(service: string, pattern: string | RegExp): boolean {
  try {
    return service.search(pattern) >= 0;
  } catch (cause) {
    const text = [`Invalid pattern in networkCodingSystemAlist: ${String(pattern)}`];
    throw new NetworkProcessError('NP_OPTION_VALUE', 'error', text, null, { cause });
  }
}

function checkMode(mode: unknown): number {
  if (isNil(mode)) return 0o600;
  if (typeof mode === 'number' && Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return mode;
  throw new NetworkProcessError(
    'NP_OPTION_VALUE',
    'error',
    ['Bad option value for :mode'],
    `${String(mode)} is not 0 to 0o777`,
  );
}
