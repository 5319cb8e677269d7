/** Host and service names to addresses, in the resolver's order. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { NetworkProcessError, systemCode } from '../errors';
import type { InetAddress } from './address';
import { servicePort, type Protocol } from './services';

/** @throws NP_ADDRESS_PORT for a number, or its digits, outside 0…65535. Emacs takes it modulo 65536. */
export function checkPortRange(service: unknown): void {
  const port = typeof service === 'string' && /^\s*[+-]?\d+$/.test(service) ? Number(service) : service;
  if (typeof port !== 'number' || !Number.isInteger(port) || (port >= 0 && port <= 65535)) return;
  throw new NetworkProcessError('NP_ADDRESS_PORT', 'error', [`Port out of range 0 to 65535: ${port}`]);
}

/**
 * A service's port: a number, its digits, or a name.
 *
 * @param host Only for the error's text, as Emacs words it.
 * @throws NP_ADDRESS_PORT, NP_RESOLVE_FAILED for an unknown name, with a target, unlike that of a host
 */
export function resolveService(service: string | number, protocol: Protocol, host: string): number {
  checkPortRange(service);
  if (typeof service === 'number' && Number.isInteger(service)) return service;
  const text = String(service).trimStart();
  const port = text === '' ? 0 : /^[+-]?\d+$/.test(text) ? Number(text) : servicePort(text, protocol);
  const target = `${host}/${service}`;
  if (port === null || Number.isNaN(port)) {
    throw new NetworkProcessError(
      'NP_RESOLVE_FAILED',
      'error',
      [`${target} Servname not supported for ai_socktype`],
      target,
    );
  }
  return port;
}

/** @throws NP_ADDRESS_HOST. Only ASCII names are looked up; the caller decides how to spell others. */
export function checkAscii(host: string): void {
  if (!/[^\0-\x7f]/.test(host)) return;
  const text = `Non-ASCII hostname ${host} detected, please use puny-encode-domain`;
  throw new NetworkProcessError('NP_ADDRESS_HOST', 'error', [text]);
}

const lookupTexts: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Name or service not known',
  EAI_NONAME: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  ENODATA: 'No address associated with hostname',
  EAI_NODATA: 'No address associated with hostname',
};

/**
 * The addresses of a host, in the order the system gives them; at once when there is nothing to look up.
 *
 * @param family Only those of this family; null for all; no system looks up the families that are a number here.
 * @param service As given, for the error's text.
 * @throws NP_RESOLVE_FAILED, with `HOST/SERVICE MESSAGE` as Emacs words it
 */
export function resolveHost(
  host: string,
  family: 'ipv4' | 'ipv6' | number | null,
  port: number,
  service: unknown,
): InetAddress[] | Promise<InetAddress[]> {
  const fail = (text: string): NetworkProcessError => lookupFailed(host, service, text);
  if (typeof family === 'number') throw fail('ai_family not supported');
  // The empty name would be this computer to the resolver.
  if (host === '') throw fail('Name or service not known');
  const numeric = isIP(host);
  if (numeric) {
    const own = numeric === 4 ? ('ipv4' as const) : ('ipv6' as const);
    if (family && own !== family) throw fail('Address family for hostname not supported');
    return [{ family: own, host, port }];
  }
  return lookUpHost(host, family, port, service);
}

async function lookUpHost(
  host: string,
  family: 'ipv4' | 'ipv6' | null,
  port: number,
  service: unknown,
): Promise<InetAddress[]> {
  try {
    const found = await lookup(host, { all: true, verbatim: true, family: family ? (family === 'ipv4' ? 4 : 6) : 0 });
    return found.map((a) => ({ family: a.family === 4 ? 'ipv4' : 'ipv6', host: a.address, port }));
  } catch (error) {
    const code = systemCode(error) ?? '';
    throw lookupFailed(host, service, lookupTexts[code] ?? (error as Error).message, error);
  }
}

function lookupFailed(host: string, service: unknown, text: string, cause?: unknown): NetworkProcessError {
  return new NetworkProcessError('NP_RESOLVE_FAILED', 'error', [`${host}/${String(service)} ${text}`], null, { cause });
}
