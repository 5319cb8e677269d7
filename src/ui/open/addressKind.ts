import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { Translate } from '../translate';

/** Every kind of address, in the order in which they are offered. */
export const addressKinds = [
  ...(['tcp', 'udp', 'tls', 'starttls'] as const),
  ...(['unix', 'unix-dgram', 'unix-seqpacket', 'shell'] as const),
] as const;

export type AddressKind = (typeof addressKinds)[number];

/** The kinds that clients or servers have. */
export function kindsOf(role: 'client' | 'server'): AddressKind[] {
  return addressKinds.filter((kind) => role === 'client' || kind !== 'shell');
}

/** One has to say by what before one says where: the protocol that STARTTLS is part of, the command of a shell. */
export function isBy(kind: AddressKind): kind is 'starttls' | 'shell' {
  return kind === 'starttls' || kind === 'shell';
}

/** It is a TCP socket that the user opens, so it has the options of one. The client of STARTTLS is opened by the core. */
export function isTcp(kind: AddressKind, role: 'client' | 'server'): boolean {
  return kind === 'tcp' || kind === 'tls' || (kind === 'starttls' && role === 'server');
}

/** Its addresses are paths. */
export function isLocal(kind: AddressKind): boolean {
  return kind.startsWith('unix');
}

/** The keyword `type` of such a process; null for a stream. */
export function typeOf(kind: AddressKind): 'datagram' | 'seqpacket' | null {
  if (kind === 'udp' || kind === 'unix-dgram') return 'datagram';
  return kind === 'unix-seqpacket' ? 'seqpacket' : null;
}

/** How a kind is called. */
export function kindName(kind: AddressKind, t: Translate): string {
  const names = {
    tcp: 'TCP',
    udp: 'UDP',
    tls: 'TLS',
    starttls: 'STARTTLS',
    unix: t('Unix socket'),
    'unix-dgram': t('Unix datagram'),
    'unix-seqpacket': t('Unix seqpacket'),
    shell: t('Shell'),
  };
  return names[kind];
}

/** The kind of a process that is there. */
export function kindOf(
  core: Pick<NetworkProcesses, 'processContact' | 'processType'>,
  process: NetworkProcess,
): AddressKind {
  if (core.processType(process) === 'real') return 'shell';
  const isPath = core.processContact(process, 'family') === 'local' || isText(core.processContact(process, 'local'));
  if (!isPath && process.isDatagram) return 'udp';
  if (!isPath && process.starttls !== null) return 'starttls';
  const isEncrypted = process.encryption !== null && process.encryption !== 'none';
  if (!isPath) return isEncrypted || core.processContact(process, 'tlsParameters') ? 'tls' : 'tcp';
  if (process.isDatagram) return 'unix-dgram';
  return process.socketType === 'seqpacket' ? 'unix-seqpacket' : 'unix';
}

/** Why this computer has none of a kind; null when it has. */
export function kindProblem(core: Pick<NetworkProcesses, 'featureProblem'>, kind: AddressKind): string | null {
  if (kind === 'unix-seqpacket') return core.featureProblem(['type', 'seqpacket']);
  // What takes native sockets, as sockets that were handed over do.
  return kind === 'unix-dgram' ? core.featureProblem('useExternalSocket') : null;
}

/** A path as people write it: a name in no folder begins with `@`, as in socat and ss. */
export function pathText(path: string): string {
  return path.startsWith('\0') ? `@${path.slice(1)}` : path;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
