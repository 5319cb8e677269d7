import type { NetworkProcess } from '../../core';

/** What a row is and what can be done with it: menus, the palette and the badge all go by these. */
export type Trait =
  | 'server'
  | 'connection'
  | 'accepted'
  | 'stream'
  | 'datagram'
  | 'live'
  | 'finished'
  /** It has a peer, or had one: bytes go in and out, unlike with a server that only listens. */
  | 'transfers'
  /** Between two, and encrypted, or was when it ended. */
  | 'encrypted'
  | 'sendable'
  | 'eofable'
  | 'stoppable'
  | 'stopped'
  | 'reconnectable'
  /** A datagram process: its peer can be set. */
  | 'retargetable'
  | 'hasBuffer';

/**
 * A process in the tree. The row has an id of its own, outlives its process, and can pass to the process that
 * reconnecting makes. Only `RowModel` changes it.
 */
export class Row {
  parent: Row | null = null;
  readonly children = new Set<Row>();
  traits: ReadonlySet<Trait> = new Set();
  /** The name that its process buffer has or, when killed, had. */
  bufferName: string | null = null;

  constructor(
    readonly id: string,
    public process: NetworkProcess,
  ) {}
}

/** Whether a process is over: it was removed, or failed, which Emacs keeps in its list until it is deleted. */
export function isFinished(process: NetworkProcess): boolean {
  return process.times.ended !== null || process.status === 'failed' || process.status === 'closed';
}

/** The traits of a process as it is now. */
export function traitsOf(process: NetworkProcess): Set<Trait> {
  const { status, isServer, isDatagram } = process;
  const traits = new Set<Trait>([isServer ? 'server' : 'connection', isDatagram ? 'datagram' : 'stream']);
  if (process.server) traits.add('accepted');
  if (isDatagram || !isServer) traits.add('transfers');
  if (!isServer && ![null, 'none'].includes(process.encryption)) traits.add('encrypted');
  if (process.buffer?.live) traits.add('hasBuffer');
  if (isFinished(process)) {
    traits.add('finished');
    if (!process.server) traits.add('reconnectable');
    return traits;
  }
  traits.add('live');
  if (isDatagram) traits.add('retargetable');
  if (status === 'open' || status === 'listen' || status === 'run') traits.add('stoppable');
  if (status === 'stop') traits.add('stopped');
  if (isDatagram || !(isServer || process.sentEof)) {
    traits.add('sendable');
    if (!isDatagram) traits.add('eofable');
  }
  return traits;
}
