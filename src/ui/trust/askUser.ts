import * as vscode from 'vscode';
import type { NetworkProcesses, TrustRecord } from '../../core';
import { openParts } from '../open/loadParts';
import { showPeerText } from '../peerText';

const key = 'trustedHosts';

/** Has the core ask the user about what is wrong with a connection, and remembers what is answered for good. */
export function askUserOfTrust(core: NetworkProcesses, memory: vscode.Memento): void {
  core.options.trustQuestion = (question) => openParts().askTrust(question);
  core.options.trustStore = {
    load: () => {
      const kept = memory.get<unknown>(key);
      // The core looks at each.
      return Array.isArray(kept) ? (kept as TrustRecord[]) : [];
    },
    save: (records) => void memory.update(key, records).then(undefined, tellNotKept),
  };
}

/** Nobody waits for it, and what is believed to be remembered, or removed, is not once the window ends. */
function tellNotKept(error: unknown): void {
  const why = showPeerText(error instanceof Error ? error.message : String(error));
  void vscode.window.showErrorMessage(vscode.l10n.t('What is remembered about hosts could not be saved: {0}', why));
}
