import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { Translate } from '../translate';

/** Every kind of address, in the order in which they are offered. */
export const addressKinds = ['tcp', 'udp', 'unix', 'unix-dgram', 'unix-seqpacket'] as const;

export type AddressKind = (typeof addressKinds)[number];

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
    unix: t('Unix socket'),
    'unix-dgram': t('Unix datagram'),
    'unix-seqpacket': t('Unix seqpacket'),
  };
  return names[kind];
}

/** The kind of a process that is there. */
export function kindOf(core: Pick<NetworkProcesses, 'processContact'>, process: NetworkProcess): AddressKind {
  const isPath = core.processContact(process, 'family') === 'local' || isText(core.processContact(process, 'local'));
  if (!isPath) return process.isDatagram ? 'udp' : 'tcp';
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
