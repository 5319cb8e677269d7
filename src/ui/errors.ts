import * as vscode from 'vscode';
import { isNetworkProcessError, type NetworkProcessError } from '../core';
import type { Log } from './log';
import { pathText } from './open/addressKind';
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

/** What failed and what to do, harmless to show whatever names they hold. */
export function errorText(error: unknown): string {
  if (isNetworkProcessError(error)) return `${sentence(plainMessage(error))} ${showPeerText(plainHint(error))}`;
  return sentence(error instanceof Error ? error.message : String(error));
}

function sentence(text: string): string {
  const shown = showPeerText(text);
  return /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}

/** Emacs' words for what failed are for programs; people get plainer ones. */
function plainMessage({ data: [what, reason], target: where, message }: NetworkProcessError): string {
  if (what === 'Server does not support TLS' && where !== null) {
    return vscode.l10n.t('{0} does not offer STARTTLS', where);
  }
  if (typeof reason !== 'string' || where === null) return message;
  const target = pathText(where);
  switch (what) {
    case 'make client process failed':
      return vscode.l10n.t('Cannot connect to {0}: {1}', target, reason);
    case 'make server process failed':
    case 'Cannot bind server socket':
    case 'Cannot listen on server socket':
      return vscode.l10n.t('Cannot listen on {0}: {1}', target, reason);
    case 'The Network Security Manager stopped the connections':
      return vscode.l10n.t('Not connected to {0}: {1}', target, reason.replace(/(^|, ):/g, '$1'));
    case 'Reading from process':
      return vscode.l10n.t('{0} broke: {1}', target, reason);
    case 'Sending datagram':
    case 'Writing to process':
      return vscode.l10n.t('Cannot send to {0}: {1}', target, reason);
    case 'Cannot set network option': {
      const [, option = '', value = ''] = /^:(\w+) (.*)$/s.exec(target) ?? [];
      return vscode.l10n.t('Cannot set {0} to {1}: {2}', option, value, reason);
    }
    default:
      return message;
  }
}

/** Keyword tables are for programs. */
function plainHint({ code, hint }: NetworkProcessError): string {
  return code === 'NP_OPTION_VALUE' ? vscode.l10n.t('Choose another value.') : hint;
}
