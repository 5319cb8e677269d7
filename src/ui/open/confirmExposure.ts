import * as vscode from 'vscode';
import { showPeerText } from '../peerText';

/** Asks once whether other computers may reach a server. */
export async function confirmExposure(host: string): Promise<boolean> {
  const start = vscode.l10n.t('Start Server');
  const message = vscode.l10n.t('Let other computers reach this server?');
  const detail = vscode.l10n.t(
    '{0} is not a loopback address: whoever can reach this computer over the network can connect and send data. With {1} in its place, only programs on this computer can.',
    showPeerText(host),
    '127.0.0.1',
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, start)) === start;
}
