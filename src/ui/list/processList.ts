import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { schemes } from '../ids';
import { escapeInvisible } from '../peerText';

/** The table of Emacs' `list-processes` in a read-only document, made anew each time it is asked for. */
export class ProcessList implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly didChange = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private readonly uri: vscode.Uri;

  readonly onDidChange = this.didChange.event;

  constructor(private readonly core: NetworkProcesses) {
    this.uri = vscode.Uri.from({ scheme: schemes.list, path: `/${vscode.l10n.t('Process List')}` });
    this.registration = vscode.workspace.registerTextDocumentContentProvider(schemes.list, this);
  }

  provideTextDocumentContent(): string {
    return escapeInvisible(this.core.listProcesses());
  }

  async show(): Promise<void> {
    this.didChange.fire(this.uri);
    await vscode.window.showTextDocument(this.uri, { preview: false });
  }

  dispose(): void {
    this.registration.dispose();
    this.didChange.dispose();
  }
}
