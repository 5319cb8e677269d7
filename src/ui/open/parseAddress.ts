/**
 * Reads what people type as an address. Knows nothing of VS Code and opens nothing: whether a name resolves is told
 * by the core when it tries.
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { homedir } from 'node:os';
import { domainToASCII } from 'node:url';
import { isLoopback, type NetworkProcessSpec } from '../../core';
import type { Translate } from '../translate';
import { isLocal, pathText, typeOf, type AddressKind } from './addressKind';

export type { AddressKind };
export type AddressRole = 'client' | 'server';

/** A protocol that has STARTTLS. */
export interface Protocol {
  /** As typed before `+starttls:`. */
  readonly name: string;
  readonly title: string;
  /** Where it begins in clear. */
  readonly port: number;
}

/** What a kind alone does not say. */
export interface AskedBy {
  /** The protocol of STARTTLS, or the command of a shell. */
  readonly by?: string;
  /** Asked only when one is typed, or meant. */
  protocols(): readonly Protocol[];
}

const noProtocols: AskedBy = { protocols: () => [] };

/** The same address as keywords of `makeNetworkProcess`, and how it is written. */
export interface Address {
  readonly ok: true;
  /** `type`, `family`, `host`, `service` and `server`, as far as they are needed. */
  readonly spec: Partial<NetworkProcessSpec>;
  /** The kind asked for, or the one typed: `udp:localhost:53`. */
  readonly kind: AddressKind;
  /** The protocol of STARTTLS, asked for or typed, or the command of a shell. */
  readonly by?: string;
  /** The address in full, `localhost:80`; reads as the same address again. */
  readonly label: string;
  /** Only this computer can be, or be reached by, the peer. A name that is not `localhost` counts as false. */
  readonly loopback: boolean;
}

/** What is wrong, and what to type. */
export interface AddressProblem {
  readonly ok: false;
  readonly problem: string;
  readonly advice: string;
}

export type ParsedAddress = Address | AddressProblem;

/** A path longer than this does not fit into a socket address. */
const maxPathBytes = 107;
const unixExample = '/tmp/my.sock';

/**
 * Understands `host:port`, `[::1]:port`, `port`, a service name in place of a port, a blank in place of the colon,
 * `/path`, `~/path`, and any of them after `tcp:`, `udp:`, `tls:`, `unix:`, `unix-dgram:` or `unix-seqpacket:` (also with
 * `//`), which then decide the kind; `tcp4:`, `tcp6:` and their like decide the family, too. `@name` is a name of Linux'
 * that is in no folder. `imap+starttls:host` is STARTTLS by that protocol, whose port a client may leave out.
 *
 * A port alone is one of this computer. On a server `*` is every address of this computer, and a port that is left
 * out or 0 is a free one.
 */
export function parseAddress(
  text: string,
  kind: AddressKind,
  role: AddressRole,
  t: Translate = fillIn,
  asked: AskedBy = noProtocols,
): ParsedAddress {
  const scheme = /^\s*(?:(tcp|udp|tls)([46]?)|(unix(?:-dgram|-seqpacket)?)):(?:\/\/)?(.*)$/is.exec(text);
  if (scheme) {
    const [, inet, version, local, rest] = scheme;
    const family = version === '4' ? 'ipv4' : version === '6' ? 'ipv6' : null;
    return new Reader((inet ?? local)!.toLowerCase() as AddressKind, family, role, t).read(rest!.trim());
  }
  const starttls = /^\s*([a-z0-9]+)\+starttls:(?:\/\/)?(.*)$/is.exec(text);
  if (starttls) return readStarttls(starttls[1]!.toLowerCase(), starttls[2]!.trim(), role, t, asked);
  const trimmed = text.trim();
  const isPath = /^(\/|~\/|\.\.?\/)/.test(trimmed);
  if (isPath && !isLocal(kind)) return new Reader('unix', null, role, t).read(trimmed);
  if (kind === 'starttls') return readStarttls(asked.by ?? '', trimmed, role, t, asked);
  return new Reader(kind, null, role, t, asked.by).read(trimmed);
}

function readStarttls(name: string, rest: string, role: AddressRole, t: Translate, asked: AskedBy): ParsedAddress {
  const protocol = asked.protocols().find((one) => one.name === name);
  const port = role === 'client' ? protocol?.port : null;
  if (protocol) return new Reader('starttls', null, role, t, name, port).read(rest);
  const names = asked.protocols().map((one) => one.name);
  return { ok: false, problem: t('{0} has no STARTTLS here', name), advice: t('type one of {0}', names.join(', ')) };
}

/** The same text with the family after it in the order any, IPv4, IPv6, any: `80`, `tcp4:80`, `tcp6:80`, `80`. */
export function withNextFamily(text: string, kind: 'tcp' | 'udp' | 'tls'): string {
  const scheme = /^\s*(tcp|udp|tls)([46]?):(?:\/\/)?(.*)$/is.exec(text);
  const [, typed = kind, version = '', rest = text] = scheme ?? [];
  if (version === '6') return typed.toLowerCase() === kind ? rest : `${typed}:${rest}`;
  return `${typed}${version === '' ? 4 : 6}:${rest}`;
}

/** `host:port`, with brackets around an IPv6 address. */
export function joinHostPort(host: string, service: string | number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${service}`;
}

class Reader {
  constructor(
    private readonly kind: AddressKind,
    private readonly family: 'ipv4' | 'ipv6' | null,
    private readonly role: AddressRole,
    private readonly t: Translate,
    private readonly by?: string,
    /** Where none is typed. */
    private readonly port: number | null = null,
  ) {}

  read(text: string): ParsedAddress {
    if (/[\x00-\x1f\x7f]/.test(text)) {
      return this.problem(this.t('There is a control character in it'), this.t('type the address without it'));
    }
    return isLocal(this.kind) ? this.readPath(text) : this.readHostPort(text);
  }

  private readPath(text: string): ParsedAddress {
    if (text.startsWith('@')) return this.readName(text);
    const path = text === '~' || text.startsWith('~/') ? homedir() + text.slice(1) : text;
    if (!path.startsWith('/')) {
      const other = this.t('type a path such as {0}, or tcp:HOST:PORT for TCP', unixExample);
      return this.problem(
        this.t('A Unix socket needs a path such as {0}', unixExample),
        text.includes(':') ? other : this.t('type the whole path, beginning with / or ~/'),
      );
    }
    if (path.endsWith('/')) {
      return this.problem(this.t('{0} is a folder', path), this.t('type a file in it, such as {0}', `${path}my.sock`));
    }
    const bytes = Buffer.byteLength(path);
    if (bytes > maxPathBytes) {
      return this.problem(
        this.t('The path has {0} bytes; {1} is the most', bytes, maxPathBytes),
        this.t('type a shorter one, such as {0}', unixExample),
      );
    }
    return this.local(path);
  }

  /** As socat and ss write them. */
  private readName(text: string): ParsedAddress {
    if (process.platform !== 'linux') {
      const advice = this.t('type a path such as {0}', unixExample);
      return this.problem(this.t('Only Linux has names in no folder, with @'), advice);
    }
    if (text === '@') return this.problem(this.t('The name is missing'), this.t('type {0}', '@NAME'));
    const bytes = Buffer.byteLength(text);
    if (bytes > maxPathBytes) {
      const advice = this.t('type a shorter one, such as {0}', '@my-socket');
      return this.problem(this.t('The name has {0} bytes; {1} is the most', bytes, maxPathBytes), advice);
    }
    return this.local(`\0${text.slice(1)}`);
  }

  private local(service: string): Address {
    const type = typeOf(this.kind);
    return this.address({ ...(type && { type }), family: 'local', service }, pathText(service), true);
  }

  private readHostPort(typed: string): ParsedAddress {
    const text = typed.replace(/(?<!\/)\/$/, '');
    const url = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/:?#]*)(?::(\d+))?/i.exec(text);
    if (url) {
      return this.problem(
        this.t('{0} is not a kind of address here', `${url[1]}://`),
        this.t('type {0}', joinHostPort(url[2] || 'HOST', url[3] ?? url[1]!)),
      );
    }
    // Where the port may be left out, a word is a host.
    const parts =
      this.port !== null && /^[^\s:[\]]*[^\d\s:[\]][^\s:[\]]*$/.test(text) ? { host: text } : splitHostPort(text);
    if (parts === 'brackets') {
      return this.problem(
        this.t('An IPv6 address needs brackets and a port'),
        this.t('type {0}', joinHostPort(isIPv6(text) ? text : '::1', 'PORT')),
      );
    }
    if (parts === 'parts') {
      return this.problem(this.t('That is more than a host and a port'), this.t('type {0}', 'HOST:PORT'));
    }
    const host = this.readHost(parts.host ?? '');
    if (typeof host !== 'string') return host;
    const service = this.readService(parts.service ?? '', host);
    if (typeof service === 'object') return service;
    // An address has its family in itself, a name has not.
    const family = isIP(host) ? null : this.family;
    const type = typeOf(this.kind);
    const spec = { ...(type && { type }), ...(family && { family }) };
    const prefix = family ? `${this.kind}${family === 'ipv4' ? 4 : 6}:` : '';
    return this.address({ ...spec, host, service }, prefix + joinHostPort(host, service), isThisComputer(host));
  }

  /** The host in ASCII; without one, this computer. A server takes the address that Emacs takes, not a name of two. */
  private readHost(text: string): string | AddressProblem {
    if (text === '') return this.thisComputer();
    if (text === '*') {
      if (this.role === 'server') return this.family === 'ipv6' ? '::' : '0.0.0.0';
      return this.problem(this.t('* is for servers'), this.t('type the host to connect to'));
    }
    if (isIPv4(text) || isIPv6(text)) return this.ofFamily(text);
    if (/^[\d.]+$/.test(text)) {
      return this.problem(
        this.t('{0} is no IPv4 address', text),
        this.t('type four numbers from 0 to 255, such as {0}', '127.0.0.1'),
      );
    }
    const ascii = /^[\x20-\x7e]*$/.test(text) ? text : domainToASCII(text);
    // The core takes no other letters into a command: they could mean something to the shell.
    if ((!isIPv4(ascii) && !isHostName(ascii)) || (this.kind === 'shell' && ascii.includes('_'))) {
      return this.problem(
        this.t('{0} is no host name', text),
        this.t('type letters, digits, dots and hyphens, or an address such as {0}', '127.0.0.1'),
      );
    }
    return ascii;
  }

  private thisComputer(): string {
    if (this.family === 'ipv6') return '::1';
    return this.role === 'server' || this.family === 'ipv4' ? '127.0.0.1' : 'localhost';
  }

  private ofFamily(host: string): string | AddressProblem {
    const family = isIPv4(host) ? 'ipv4' : 'ipv6';
    if (this.family === null || this.family === family) return host;
    const [own, example] = this.family === 'ipv4' ? ['IPv4', '127.0.0.1'] : ['IPv6', '::1'];
    return this.problem(
      this.t('{0} is no {1} address', host, own),
      this.t('type one such as {0}', joinHostPort(example, 'PORT')),
    );
  }

  private readService(text: string, host: string): number | string | AddressProblem {
    if (text === '' && this.port !== null) return this.port;
    const least = this.role === 'server' ? 0 : 1;
    const range = this.t('use {0} to {1}', least, 65535);
    if (text === '') {
      if (this.role === 'server') return 0;
      return this.problem(this.t('The port is missing'), this.t('type {0}', joinHostPort(host, 'PORT')));
    }
    if (/^\d+$/.test(text)) {
      const port = Number(text);
      return port >= least && port <= 65535 ? port : this.problem(this.t('{0} is no port', text), range);
    }
    if (this.kind === 'shell' && /[.+]/.test(text)) {
      return this.problem(this.t('{0} is no port', text), range);
    }
    const isName = /^[a-z0-9][a-z0-9._+-]{0,63}$/i.test(text) && /[a-z]/i.test(text) && !/^0x/i.test(text);
    if (isName) return text;
    return this.problem(
      this.t('{0} is neither a port nor the name of a service', text),
      this.t('{0}, or a name such as http', range),
    );
  }

  private address(spec: Partial<NetworkProcessSpec>, label: string, loopback: boolean): Address {
    const whole = this.role === 'server' ? { ...spec, server: true } : spec;
    const by = this.by === undefined ? {} : { by: this.by };
    return { ok: true, spec: whole, kind: this.kind, ...by, label, loopback };
  }

  private problem(problem: string, advice: string): AddressProblem {
    return { ok: false, problem, advice };
  }
}

interface HostPort {
  readonly host?: string;
  readonly service?: string;
}

/** The two parts as typed, or why they can't be told apart. */
function splitHostPort(text: string): HostPort | 'brackets' | 'parts' {
  const bracketed = /^\[([^\]]*)\]?\s*(?:[:\s]\s*(.*))?$/.exec(text);
  if (bracketed) return text.includes(']') && isIPv6(bracketed[1]!) ? pair(bracketed[1]!, bracketed[2]) : 'brackets';
  if (isIPv6(text)) return 'brackets';
  const words = text.split(/\s+/);
  if (words.length === 2 && isIPv6(words[0]!)) return pair(words[0]!, words[1]);
  const fields = text.split(/\s*:\s*|\s+/);
  if (fields.length > 2) return text.includes('::') ? 'brackets' : 'parts';
  if (fields.length === 2) return pair(fields[0]!, fields[1]);
  return looksLikeHost(text) ? { host: text } : { service: text };
}

function pair(host: string, service: string | undefined): HostPort | 'parts' {
  return service !== undefined && /\s/.test(service) ? 'parts' : { host, service };
}

/** One word is a port or a service name, unless it can only be a host. */
function looksLikeHost(word: string): boolean {
  return word === '*' || word.toLowerCase() === 'localhost' || word.includes('.') || /[^\x20-\x7e]/.test(word);
}

function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= 253 && labels.every((l) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(l));
}

function isThisComputer(host: string): boolean {
  return isLoopback(host.toLowerCase().replace(/\.$/, ''));
}

function fillIn(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)] ?? ''));
}
