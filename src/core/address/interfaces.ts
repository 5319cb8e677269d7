/**
 * The network interfaces of this computer.
 *
 * @see Emacs Lisp manual, "Misc Network" (network-interface-list, network-interface-info)
 */
import { readFileSync } from 'node:fs';
import { networkInterfaces, type NetworkInterfaceInfo as Address } from 'node:os';
import type { NetworkAddress, NetworkInterface, NetworkInterfaceInfo } from '../api';
import { NetworkProcessError, wrongType } from '../errors';
import { inetVector } from './address';

/** Bytes of the longest name, in Linux. */
const longestName = 15;

/** Every address of every interface that is up, IPv6 first, the system's order from its end, as Emacs lists them. */
export function interfaceList(full: boolean, family: 'ipv4' | 'ipv6' | null): NetworkInterface[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map((address) => ({ name, address })),
  );
  const ofFamily = (wanted: 'IPv4' | 'IPv6'): typeof all =>
    all.filter(({ address }) => address.family === wanted).reverse();
  const wanted = [...(family === 'ipv4' ? [] : ofFamily('IPv6')), ...(family === 'ipv6' ? [] : ofFamily('IPv4'))];
  return wanted.map(({ name, address }) => {
    const own = inetVector(address.address, 0);
    return full ? [name, own, broadcast(address), inetVector(address.netmask, 0)] : [name, own];
  });
}

/**
 * What is known of one interface; null when there is none of that name.
 *
 * @throws NP_WRONG_TYPE, NP_ARGS_OUT_OF_RANGE when the name is longer than names can be
 */
export function interfaceInfo(name: unknown): NetworkInterfaceInfo | null {
  if (typeof name !== 'string') throw wrongType('stringp', name);
  if (Buffer.byteLength(name) > longestName) {
    throw new NetworkProcessError('NP_ARGS_OUT_OF_RANGE', 'error', ['interface name too long'], name);
  }
  const list = networkInterfaces()[name] ?? [];
  const flags = flagsOf(name, list);
  if (list.length === 0 && flags.length === 0) return null;
  const own = list.find((address) => address.family === 'IPv4');
  if (!own) return [null, null, null, hardware(name, list), flags];
  const last = flags.includes('broadcast') ? broadcast(own) : [0, 0, 0, 0, 0];
  return [inetVector(own.address, 0), last, inetVector(own.netmask, 0), hardware(name, list), flags];
}

/** The last address of the net; of IPv6, which has no broadcast, the first, as Emacs says. */
function broadcast({ address, netmask, family }: Address): NetworkAddress {
  const mask = inetVector(netmask, 0);
  return inetVector(address, 0).map((n, i) => (family === 'IPv4' && i < 4 ? n | (~mask[i]! & 0xff) : n & mask[i]!));
}

const linuxFlags = [
  'up',
  'broadcast',
  'debug',
  'loopback',
  'pointopoint',
  'notrailers',
  'running',
  'noarp',
  'promisc',
  'allmulti',
  'master',
  'slave',
  'multicast',
  'portsel',
  'automedia',
  'dynamic',
];

/** Linux tells all of them, but for "running", which is a carrier; elsewhere Node says what is up. */
function flagsOf(name: string, list: readonly Address[]): string[] {
  const bits = Number(linux(name, 'flags') ?? NaN);
  if (Number.isNaN(bits)) {
    if (list.length === 0) return [];
    return ['running', ...(list[0]!.internal ? ['loopback'] : []), 'up'];
  }
  const isRunning = linux(name, 'carrier') === '1';
  return linuxFlags.filter((flag, i) => (flag === 'running' ? isRunning : (bits >> i) & 1)).reverse();
}

/** The kind of hardware as Linux numbers it (1, Ethernet, where it does not say) and its address. */
function hardware(name: string, list: readonly Address[]): { family: number; bytes: number[] } | null {
  const mac = linux(name, 'address') ?? list[0]?.mac;
  if (!mac) return null;
  return { family: Number(linux(name, 'type') ?? 1), bytes: mac.split(':').map((byte) => parseInt(byte, 16)) };
}

function linux(name: string, what: string): string | null {
  if (name.includes('/') || name === '.' || name === '..' || process.platform !== 'linux') return null;
  try {
    return readFileSync(`/sys/class/net/${name}/${what}`, 'utf8').trim();
  } catch {
    // No such interface, or one that is down and has no carrier to speak of.
    return null;
  }
}
