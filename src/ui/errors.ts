import * as vscode from 'vscode';
import { isNetworkProcessError } from '../core';
import type { Log } from './log';
import { showPeerText } from './peerText';

/**
 * Tells the user about the failure of what they just asked for: one message that says what went wrong and what to do.
 * Their own cancelling is not told. What nobody foresaw is logged, and the message leads to the log.
 *
 * @param what The command, for the log.
 */
export function showError(what: string, error: unknown, log: Log): void {
  if (isNetworkProcessError(error)) {
    if (error.code !== 'NP_CANCELLED') showFailure(errorText(error));
    return;
  }
  log.error(what, error);
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(errorText(error), showLog).then((choice) => {
    if (choice === showLog) log.show();
  });
}

/** A failure in words of ours. */
export function showFailure(message: string): void {
  void vscode.window.showErrorMessage(message);
}

/** Message and hint, harmless to show whatever names they hold. */
export function errorText(error: unknown): string {
  const message = showPeerText(error instanceof Error ? error.message : String(error));
  const sentence = /[.!?…]$/.test(message) ? message : `${message}.`;
  return isNetworkProcessError(error) ? `${sentence} ${showPeerText(error.hint)}` : sentence;
}
