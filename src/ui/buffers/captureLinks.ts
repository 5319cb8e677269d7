import * as vscode from 'vscode';
import { commands, schemes } from '../ids';
import type { BufferDocuments } from './bufferDocuments';

/** The link from the first line of a process buffer's document to the whole capture. */
export function captureLinks(buffers: BufferDocuments): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: schemes.buffer },
    {
      provideDocumentLinks({ uri }) {
        const range = buffers.captureLink(uri);
        if (!range) return [];
        const query = encodeURIComponent(JSON.stringify([uri]));
        const link = new vscode.DocumentLink(range, vscode.Uri.parse(`command:${commands.openCapture}?${query}`));
        link.tooltip = vscode.l10n.t('Open the capture');
        return [link];
      },
    },
  );
}
