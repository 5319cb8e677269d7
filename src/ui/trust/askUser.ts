import type { Memento } from 'vscode';
import type { NetworkProcesses, TrustRecord } from '../../core';
import { openParts } from '../open/loadParts';

const key = 'trustedHosts';

/** Has the core ask the user about what is wrong with a connection, and remembers what is answered for good. */
export function askUserOfTrust(core: NetworkProcesses, memory: Memento): void {
  core.options.trustQuestion = (question) => openParts().askTrust(question);
  core.options.trustStore = {
    load: () => {
      const kept = memory.get<unknown>(key);
      // The core looks at each.
      return Array.isArray(kept) ? (kept as TrustRecord[]) : [];
    },
    save: (records) => void memory.update(key, records),
  };
}
