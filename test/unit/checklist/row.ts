import { readFileSync } from 'node:fs';
import net from 'node:net';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { itWithNative } from '../../support/nativeSockets';
import { withCore } from '../core/support';

export const host = '127.0.0.1';

/** The test that proves a row of `rows.json`; its title begins with the row's id. */
export function row(id: string, title: string, test: (core: NetworkProcesses) => Promise<void> | void): void {
  it(
    `${id} ${title}`,
    withCore(async (core) => test(core)),
  );
}

/** The same for a row that takes native sockets. */
export function nativeRow(id: string, title: string, test: (core: NetworkProcesses) => Promise<void> | void): void {
  itWithNative(
    `${id} ${title}`,
    withCore(async (core) => test(core)),
  );
}

/** Makes a process that must come about. */
export async function make(core: NetworkProcesses, spec: Record<string, unknown>): Promise<NetworkProcess> {
  return (await core.makeNetworkProcess({ name: 'p', ...spec }))!;
}

/** A stream server `s` on a free port of the loopback. */
export function serve(core: NetworkProcesses, more: Record<string, unknown> = {}): Promise<NetworkProcess> {
  return make(core, { name: 's', server: true, host, service: true, ...more });
}

/** A client `c` of a server of ours, or of a port. */
export function connect(
  core: NetworkProcesses,
  to: NetworkProcess | number,
  more: Record<string, unknown> = {},
): Promise<NetworkProcess> {
  return make(core, { name: 'c', host, service: typeof to === 'number' ? to : portOf(core, to), ...more });
}

/** A datagram process `u`. */
export function udp(core: NetworkProcesses, more: Record<string, unknown>): Promise<NetworkProcess> {
  return make(core, { name: 'u', type: 'datagram', host, ...more });
}

/** The port at this end. */
export function portOf(core: NetworkProcesses, process: NetworkProcess): number {
  return (core.processContact(process, 'local') as number[]).at(-1)!;
}

/** A client of Node's own, whose end is nobody's error. */
export function plainClient(port: number, at = host): net.Socket {
  return net
    .connect(port, at)
    .on('error', () => undefined)
    .unref();
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Emacs' condition and data of the error that something ends with. */
export async function signalOf(act: () => unknown): Promise<[condition: unknown, ...data: unknown[]]> {
  try {
    await act();
  } catch (error) {
    const { condition, data, message } = error as { condition?: unknown; data?: readonly unknown[]; message: string };
    return data ? [condition, ...data] : [message];
  }
  return ['no error'];
}

/** `(wrong-type-argument PREDICATE VALUE)` as `signalOf` gives it. */
export const wrongType = (predicate: string, value: unknown = null): unknown[] => [
  'wrong-type-argument',
  Symbol.for(predicate),
  value,
];

/** Runs something while a host name has these addresses. */
export async function withAddresses(addresses: readonly string[], act: () => Promise<void>): Promise<void> {
  const resolver = (await import('node:dns')).promises;
  const { lookup } = resolver;
  const found = addresses.map((address) => ({ address, family: net.isIP(address) }));
  resolver.lookup = (() => Promise.resolve(found)) as unknown as typeof lookup;
  try {
    await act();
  } finally {
    resolver.lookup = lookup;
  }
}

/** Whether the system watches a connection of ours by its keepalive timer. */
export function isKeptAlive(core: NetworkProcesses, process: NetworkProcess): boolean {
  const hex = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0');
  const ends = ['local', 'remote'].map((key) => {
    const [a, b, c, d, port] = core.processContact(process, key) as [number, number, number, number, number];
    return `${[d, c, b, a].map(hex).join('')}:${hex(port).padStart(4, '0')}`;
  });
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const fields = lines
    .map((line) => line.trim().split(/\s+/))
    .find(([, ...at]) => String(at.slice(0, 2)) === String(ends));
  return fields![5]!.startsWith('02');
}

/** A text as what it is: `assert` tells a byte string from a text. */
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
