/**
 * Addresses as values: numbers, text and back. Nothing here touches the network.
 *
 * @see Emacs Lisp manual, "make-network-process" (:local, :remote), "Misc Network" (format-network-address)
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { NetworkAddress } from '../api';

/** An internet address ready for the system. */
export interface InetAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** Numeric. */
  readonly host: string;
  readonly port: number;
}

/** A family by the system's number of it, which all systems agree on but for IPv6; null for any other. */
export function familyOf(number: number): 'ipv4' | 'ipv6' | 'local' | null {
  if (number === 1) return 'local';
  if (number === 2) return 'ipv4';
  const ipv6 = process.platform === 'darwin' ? 30 : process.platform === 'win32' ? 23 : 10;
  return number === ipv6 ? 'ipv6' : null;
}

/** `[a, b, c, d, port]` or eight words and a port, from a numeric host. */
export function inetVector(host: string, port: number): number[] {
  if (host.includes(':')) return [...ipv6Words(host), port];
  const [a, b, c, d] = host.split('.');
  return [Number(a), Number(b), Number(c), Number(d), port];
}

/** The eight 16-bit words of an IPv6 address; its zone is left out. */
export function ipv6Words(host: string): number[] {
  let text = host.replace(/%.*$/, '');
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number];
    text = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head = '', tail] = text.split('::');
  const words = (part: string): number[] => (part ? part.split(':').map((w) => parseInt(w, 16)) : []);
  if (tail === undefined) return words(head);
  const gap = 8 - words(head).length - words(tail).length;
  return [...words(head), ...new Array<number>(Math.max(gap, 0)).fill(0), ...words(tail)];
}

/** Reads a vector of 5 or 9 numbers, each in its range; null when it is none. */
export function fromVector(value: unknown): InetAddress | null {
  if (!Array.isArray(value)) return null;
  const numbers = value as unknown[];
  const [max, family] = numbers.length === 5 ? [0xff, 'ipv4' as const] : [0xffff, 'ipv6' as const];
  if (numbers.length !== 5 && numbers.length !== 9) return null;
  const fits = numbers.every(
    (n, i) => Number.isInteger(n) && (n as number) >= 0 && (n as number) <= (i === numbers.length - 1 ? 0xffff : max),
  );
  if (!fits) return null;
  const parts = (numbers as number[]).slice(0, -1);
  const port = numbers.at(-1) as number;
  const host = family === 'ipv4' ? parts.join('.') : parts.map((w) => w.toString(16)).join(':');
  return { family, host, port };
}

/** The host part as Emacs writes it in names and messages: dotted quad, or eight hex words without compression. */
export function hostText(host: string): string {
  if (!host.includes(':')) return host;
  return ipv6Words(host)
    .map((w) => w.toString(16))
    .join(':');
}

/** `127.0.0.1:80`, `[::1]:80`: for people, in messages. */
export function endpoint(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * An address as text: `a.b.c.d:p`, `[h:h:…]:p`, a path, `<Family N>`. Null for what is no address.
 *
 * @param omitPort Leaves out a port; four or eight numbers have none.
 */
export function formatNetworkAddress(address: NetworkAddress | null, omitPort = false): string | null {
  if (typeof address === 'string') return address;
  if (address === null || address === undefined) return null;
  if (!Array.isArray(address)) {
    const { family } = address as { family?: unknown };
    return typeof family === 'number' ? `<Family ${family}>` : null;
  }
  const numbers = address as readonly number[];
  const bare = numbers.length === 4 || numbers.length === 8;
  const inet = fromVector(bare ? [...numbers, 0] : numbers);
  if (!inet) return null;
  const host = hostText(inet.host);
  if (bare || omitPort) return host;
  return inet.family === 'ipv4' ? `${host}:${inet.port}` : `[${host}]:${inet.port}`;
}

/** True when only this computer can reach a server bound to `host`. */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  if (!isIPv6(host)) return host === 'localhost';
  const words = ipv6Words(host);
  const first = words.slice(0, 5).every((w) => w === 0);
  return (
    first && ((words[5] === 0 && words[6] === 0 && words[7] === 1) || (words[5] === 0xffff && words[6]! >> 8 === 127))
  );
}
