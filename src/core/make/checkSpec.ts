/**
 * The arguments of `makeNetworkProcess`, checked in Emacs' order, before any socket exists.
 *
 * @see Emacs Lisp manual, "make-network-process", "Network Options"
 */
import type { NetworkProcessSpec, Options, TextBuffer } from '../api';
import { fromVector, type InetAddress } from '../address/address';
import { checkPortRange } from '../address/resolve';
import { isNil } from '../base/nil';
import type { BufferList } from '../buffer/bufferList';
import { codingSystem, rawTextOf, type CodingSystem } from '../coding/codingSystem';
import { NetworkProcessError, wrongType } from '../errors';
import type { ProcessPlan } from '../process/plan';
import { plistMap } from '../process/plist';
import { longestPath } from '../transport/localFile';
import { checkOption, optionNames } from '../transport/socketOptions';

/** Where to: an address as given, a name to look up, or a path. */
export type Where =
  | { readonly kind: 'address'; readonly address: InetAddress }
  | {
      readonly kind: 'name';
      readonly host: string;
      readonly service: string | number;
      readonly family: 'ipv4' | 'ipv6' | null;
    }
  | { readonly kind: 'path'; readonly path: string };

/** What is looked at before names are looked up. */
export interface CheckedWhere {
  readonly name: string;
  readonly contact: Map<string, unknown>;
  readonly where: Where;
  /** The backlog; null for a client. */
  readonly backlog: number | null;
  readonly isDatagram: boolean;
  readonly nowait: boolean;
}

/** What is looked at afterwards: what the process is made from, and what its socket is. */
export interface CheckedRest extends Omit<
  ProcessPlan,
  'name' | 'contact' | 'isServer' | 'isDatagram' | 'server' | 'continues'
> {
  /** What is wrong with the coding systems. Emacs notices only when the socket is there. */
  readonly codingError: Error | null;
  /** A datagram server's first peer. */
  readonly peer: InetAddress | null;
  readonly connected: boolean;
  readonly mode: number;
  readonly keepFile: boolean;
  /** Socket options in the order given. */
  readonly options: readonly (readonly [string, unknown])[];
}

/** A symbol's name where Emacs takes a symbol: a string here, or a real symbol. */
function symbolName(value: unknown): string | null {
  if (typeof value === 'symbol') return value.description ?? null;
  return typeof value === 'string' ? value : null;
}

const defaultBacklog = 5;

/**
 * The first part of the checks: what it is and where to.
 *
 * @throws NP_OPTION_TYPE, NP_OPTION_COMBINATION, NP_WRONG_TYPE, NP_ADDRESS_…: what Emacs signals first
 */
export function checkWhere(spec: NetworkProcessSpec): CheckedWhere {
  const contact = new Map(Object.entries(spec).filter(([, value]) => value !== undefined));
  const isDatagram = checkType(spec);
  const isServer = !isNil(spec.server);
  if (isServer && !isNil(spec.nowait)) {
    throw new NetworkProcessError('NP_OPTION_COMBINATION', 'error', ["':server' is incompatible with ':nowait'"]);
  }
  if (typeof spec.name !== 'string') throw wrongType('stringp', spec.name);
  const where = checkAddressing(spec, isServer, contact);
  if (where.kind === 'path' && isDatagram) throw unsupportedType();
  return {
    name: spec.name,
    contact,
    where,
    backlog: isServer ? (typeof spec.server === 'number' ? Math.trunc(spec.server) : defaultBacklog) : null,
    isDatagram,
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
  const { contact, isDatagram } = checked;
  const buffer = isNil(spec.buffer) ? null : buffers.getOrCreate(spec.buffer);
  const plist = plistMap(spec.plist, 'sequencep');
  const coding = checkCoding(spec, options, buffer);
  const inOrder = [...contact.keys()].filter((key) => optionNames.includes(key));
  for (const option of inOrder) checkOption(option, contact.get(option), isDatagram ? 'datagram' : 'stream');
  return {
    stopped: !isNil(spec.stop),
    query: isNil(spec.noquery),
    buffer,
    filter: isNil(spec.filter) ? null : spec.filter,
    sentinel: isNil(spec.sentinel) ? null : spec.sentinel,
    log: isNil(spec.log) ? null : spec.log,
    plist,
    decode: spec.filterMultibyte === null || spec.filterMultibyte === false ? rawTextOf(coding.decode) : coding.decode,
    encode: coding.encode,
    codingError: coding.error ?? null,
    peer: isDatagram && checked.backlog !== null ? fromVector(spec.remote) : null,
    connected: !isNil(spec.connected),
    mode: checkMode(spec.mode),
    keepFile: !isNil(spec.keepFile),
    options: inOrder.map((option) => [option, contact.get(option)] as const),
  };
}

function checkType(spec: NetworkProcessSpec): boolean {
  if (isNil(spec.type)) return false;
  if (symbolName(spec.type) === 'datagram') return true;
  throw unsupportedType();
}

function unsupportedType(): NetworkProcessError {
  return new NetworkProcessError('NP_OPTION_TYPE', 'error', ['Unsupported connection type']);
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
  // Only ASCII names are looked up; the caller decides how to spell others. Without waiting, the look-up fails.
  if (/[^\0-\x7f]/.test(host) && isNil(spec.nowait)) {
    const text = `Non-ASCII hostname ${host} detected, please use puny-encode-domain`;
    throw new NetworkProcessError('NP_ADDRESS_HOST', 'error', [text]);
  }
  return { kind: 'name', host, service, family };
}

function checkAddress(address: unknown): Where {
  if (typeof address === 'string') return { kind: 'path', path: checkPath(address) };
  const inet = fromVector(address);
  if (!inet) throw new NetworkProcessError('NP_ADDRESS_MALFORMED', 'error', ['Malformed :address']);
  return { kind: 'address', address: inet };
}

function checkFamily(family: unknown): 'ipv4' | 'ipv6' | 'local' | null {
  if (isNil(family)) return null;
  const name = symbolName(family);
  if (name === 'ipv4' || name === 'ipv6' || name === 'local') return name;
  throw new NetworkProcessError('NP_ADDRESS_FAMILY', 'error', ['Unknown address family']);
}

function checkHost(host: unknown, family: 'ipv4' | 'ipv6' | 'local' | null): string {
  const isLocal = host === 'local' || (typeof host === 'symbol' && host.description === 'local');
  if (isNil(host) || isLocal) return family === 'ipv6' ? '::1' : '127.0.0.1';
  if (typeof host !== 'string') throw wrongType('stringp', host);
  return host;
}

function checkPath(service: unknown): string {
  if (typeof service !== 'string') throw wrongType('stringp', service);
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

function checkCoding(
  spec: NetworkProcessSpec,
  options: Options,
  buffer: TextBuffer | null,
): { decode: CodingSystem | null; encode: CodingSystem | null; error?: Error } {
  const { coding } = spec;
  if (!isNil(coding)) {
    const isPair = typeof coding === 'object' && ('decode' in coding || 'encode' in coding);
    const pair = isPair ? (coding as { decode?: unknown; encode?: unknown }) : { decode: coding, encode: coding };
    try {
      return { decode: codingSystem(pair.decode), encode: codingSystem(pair.encode) };
    } catch (error) {
      return { decode: null, encode: null, error: error as Error };
    }
  }
  return {
    decode: buffer && !buffer.multibyte ? null : codingSystem(options.defaultCoding.decode),
    encode: codingSystem(options.defaultCoding.encode),
  };
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
