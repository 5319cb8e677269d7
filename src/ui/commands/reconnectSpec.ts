import type { Filter, NetworkProcess, NetworkProcesses, NetworkProcessSpec } from '../../core';
import type { Row } from '../rows/row';

type SpecCore = Pick<
  NetworkProcesses,
  | 'processContact'
  | 'processFilter'
  | 'processSentinel'
  | 'processPlist'
  | 'processQueryOnExitFlag'
  | 'internalDefaultProcessFilter'
>;

/**
 * The keywords that make a process like one that has ended: its contact, its buffer, and the functions and properties
 * it has now. What the old one only learned (its own port, its peer) is left to be found anew; a server keeps its port.
 */
export function reconnectSpec({ process, bufferName }: Row, core: SpecCore): NetworkProcessSpec {
  const contact = Object.entries(core.processContact(process, true));
  const kept = contact.filter(([key]) => !learned(process, core).has(key));
  return {
    ...Object.fromEntries(kept),
    // A killed buffer is made again under its name.
    buffer: process.buffer?.live ? process.buffer : bufferName,
    filter: ownFilter(process, core),
    sentinel: core.processSentinel(process),
    plist: new Map(core.processPlist(process)),
    noquery: !core.processQueryOnExitFlag(process),
  };
}

/** Keywords of the contact that must not be given again. */
function learned(process: NetworkProcess, core: SpecCore): ReadonlySet<string> {
  // The command waits and can be cancelled, which is what nowait is for.
  if (process.isServer) return new Set(['nowait']);
  const asked = core.processContact(process, 'service') != null;
  return new Set(asked ? ['nowait', 'local', 'remote'] : ['nowait', 'local']);
}

function ownFilter(process: NetworkProcess, core: SpecCore): Filter | true | null {
  const filter = core.processFilter(process);
  return filter === core.internalDefaultProcessFilter ? null : filter;
}
