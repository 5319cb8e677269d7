import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { bufferPath, idOfPath } from '../buffers/bufferPath';
import type { Targets } from '../commands/targets';
import { schemes } from '../ids';
import type { Row } from '../rows/row';
import type { RowModel } from '../rows/rowModel';
import { tlsParts } from './loadTlsParts';

/** Read-only documents with all that is known of the encryption of processes, one a row. */
export class TlsDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  /** Rows' ids begin anew in each window, and tabs outlive windows. */
  private readonly session = Date.now().toString(36);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly core: NetworkProcesses,
    private readonly rows: RowModel,
    private readonly targets: Targets,
  ) {
    const subscription = core.onDidChangeProcess(({ kind, process }) => {
      const row = kind === 'state' || kind === 'removed' ? rows.rowOf(process) : undefined;
      // Of documents that are not open nothing is asked.
      if (row?.traits.has('encrypted')) this.changes.fire(this.uriOf(row));
    });
    this.subscriptions = [
      this.changes,
      new vscode.Disposable(() => subscription.dispose()),
      vscode.workspace.registerTextDocumentContentProvider(schemes.tls, this),
    ];
  }

  /** Opens that of the row or document clicked, or of the user's choice; one that is there is brought up to date. */
  async open(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'encrypted', vscode.l10n.t('Show TLS Details'));
    if (!row) return;
    const uri = this.uriOf(row);
    this.changes.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const id = idOfPath(uri.path);
    const row = this.rows.all().find((each) => this.idOf(each) === id);
    const status = row?.process.lastPeerStatus;
    if (!row || !status) {
      return vscode.l10n.t('These details are gone: they are kept until their process is deleted.');
    }
    return tlsParts().tlsText(row.process, status, this.core, vscode.l10n.t);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private idOf(row: Row): string {
    return `${row.id}-${this.session}`;
  }

  private uriOf(row: Row): vscode.Uri {
    const path = bufferPath(this.idOf(row), vscode.l10n.t('{0} (TLS)', row.process.name));
    return vscode.Uri.from({ scheme: schemes.tls, path });
  }
}
