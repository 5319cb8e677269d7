import * as vscode from 'vscode';
import type { NetworkProcesses, TextBuffer } from '../../core';

/** How a process buffer is brought up. */
export interface ShowOptions {
  readonly preserveFocus?: boolean;
  readonly column?: vscode.ViewColumn;
}

/** Shows process buffers as read-only documents. */
export class BufferDocuments implements vscode.Disposable {
  constructor(protected readonly core: NetworkProcesses) {}

  async show(buffer: TextBuffer, options: ShowOptions = {}): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument(this.uriOf(buffer));
    return vscode.window.showTextDocument(document, { ...options, preview: false });
  }

  bufferOf(uri: vscode.Uri): TextBuffer | undefined {
    void uri;
    return undefined;
  }

  uriOf(buffer: TextBuffer): vscode.Uri {
    return vscode.Uri.from({ scheme: 'netproc', path: `/${buffer.id}/${buffer.name}` });
  }

  async close(buffer: TextBuffer): Promise<void> {
    void buffer;
  }

  dispose(): void {}
}
