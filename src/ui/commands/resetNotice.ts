import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import { errorText } from '../errors';

/**
 * Tells the user when the peer resets a connection that they opened. An orderly end needs no message, and a reset that
 * meets what is being sent has one already.
 */
export class ResetNotice implements vscode.Disposable {
  private readonly watched = new Set<NetworkProcess>();
  private readonly subscription: vscode.Disposable;

  /** @param reconnect Does what the message's button offers. */
  constructor(
    core: NetworkProcesses,
    private readonly reconnect: (process: NetworkProcess) => unknown,
  ) {
    this.subscription = core.onDidChangeProcess(({ process, kind }) => {
      if (kind === 'removed' && this.watched.delete(process)) this.ended(process);
    });
  }

  /** From now on its end is looked at. */
  watch(process: NetworkProcess): void {
    if (!process.isServer && !process.isDatagram) this.watched.add(process);
  }

  dispose(): void {
    this.subscription.dispose();
    this.watched.clear();
  }

  private ended(process: NetworkProcess): void {
    if (!process.failure || process.traffic.bytesLost > 0) return;
    const again = vscode.l10n.t('Reconnect');
    void vscode.window.showErrorMessage(errorText(process.failure), again).then((choice) => {
      if (choice === again) void this.reconnect(process);
    });
  }
}
