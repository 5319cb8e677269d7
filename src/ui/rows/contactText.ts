import { isLoopback, type NetworkProcess, type NetworkProcesses } from '../../core';
import { pathText } from '../open/addressKind';

export type ContactCore = Pick<
  NetworkProcesses,
  'processContact' | 'processDatagramAddress' | 'processType' | 'processCommand' | 'processExitStatus'
>;

/** An address as one types it: `127.0.0.1:80`, `[::1]:80`, a path; empty for what is none. */
export function addressText(address: unknown): string {
  if (typeof address === 'string') return pathText(address);
  if (!Array.isArray(address) || !address.every((n) => typeof n === 'number')) return '';
  const host = hostText(address);
  const port = address.length === 5 || address.length === 9 ? address[address.length - 1] : null;
  return host === '' || port === null ? host : `${host}:${port}`;
}

/**
 * Where a process is or goes to, for a row and the clipboard: a server's own address, a client's host and service as
 * they were asked for, an accepted client's peer, a program's command. Raw: may hold what a peer sent.
 */
export function contactText(process: NetworkProcess, core: ContactCore): string {
  const contact = (key: string): unknown => core.processContact(process, key);
  const command = core.processType(process) === 'real' ? core.processCommand(process) : null;
  if (Array.isArray(command)) return String(command.at(-1));
  if (process.server) return addressText(contact('remote')) || addressText(contact('local'));
  if (process.isServer) return addressText(contact('local')) || serviceText(contact);
  const asked = typeof contact('host') === 'string' && contact('host') !== 'local';
  return asked ? serviceText(contact) : addressText(contact('remote')) || serviceText(contact);
}

/** The peer that a datagram process sends to, or null. */
export function datagramPeer(process: NetworkProcess, core: ContactCore): string | null {
  if (!process.isDatagram) return null;
  const address = process.times.ended === null ? core.processDatagramAddress(process) : null;
  const isSet = Array.isArray(address) ? address.some((n) => n !== 0) : Boolean(address);
  return isSet ? addressText(address) || null : null;
}

/** Who can reach a server's address. */
export type Reach = 'this computer' | 'other computers' | 'all interfaces';

/** Who can reach a server; sockets' files are of this computer. */
export function reachOf(server: NetworkProcess, core: ContactCore): Reach {
  const local = core.processContact(server, 'local');
  if (!Array.isArray(local) || (local.length !== 5 && local.length !== 9)) return 'this computer';
  const host = local.slice(0, -1) as number[];
  if (host.every((n) => n === 0)) return 'all interfaces';
  const text = host.length === 4 ? host.join('.') : host.map((n) => n.toString(16)).join(':');
  return isLoopback(text) ? 'this computer' : 'other computers';
}

/** Four numbers, or eight in brackets, shortened as usual. */
function hostText(address: readonly number[]): string {
  if (address.length < 8) return address.slice(0, 4).join('.');
  const words = address.slice(0, 8).map((word) => word.toString(16));
  try {
    return new URL(`http://[${words.join(':')}]`).hostname;
  } catch {
    // Numbers that are no address; shown as they are.
    return `[${words.join(':')}]`;
  }
}

/** A host and a service as given; a local socket has only a service, its path. Empty without a service. */
function serviceText(contact: (key: string) => unknown): string {
  const service = contact('service');
  if (typeof service !== 'string' && typeof service !== 'number') return '';
  const family = contact('family');
  if (family === 'local' || family === Symbol.for('local')) return pathText(String(service));
  const host = contact('host');
  const name = typeof host === 'string' && host !== 'local' ? host : 'localhost';
  return `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${service}`;
}
