import * as vscode from 'vscode';
import { isNetworkProcessError } from '../core';
import { commands } from './ids';
import { showPeerText } from './peerText';

/**
 * Tells the user about a failure of what they just asked for: one message that says what went wrong and what to do.
 * Their own cancelling is not told. Returns at once; the message stays until it is closed.
 */
export function showError(error: unknown): void {
  if (isNetworkProcessError(error) && error.code === 'NP_CANCELLED') return;
  showFailure(errorText(error));
}

/** A failure in words of ours, with the button to the log. */
export function showFailure(message: string): void {
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(message, showLog).then((choice) => {
    if (choice === showLog) void vscode.commands.executeCommand(commands.showLog);
  });
}

/** Message and hint, harmless to show whatever names they hold. */
export function errorText(error: unknown): string {
  const message = showPeerText(error instanceof Error ? error.message : String(error));
  const sentence = /[.!?…]$/.test(message) ? message : `${message}.`;
  return isNetworkProcessError(error) ? `${sentence} ${showPeerText(error.hint)}` : sentence;
}
