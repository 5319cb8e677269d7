import * as vscode from 'vscode';
import type { NetworkProcesses, TextBuffer } from '../../core';
import { schemes } from '../ids';
import { bufferPath, idOfPath } from './bufferPath';
import { BufferView } from './bufferView';

/** How a process buffer is brought up. */
export interface ShowOptions {
  /** The focus stays where it is, and the tab may be replaced by the next one shown so. */
  readonly preserveFocus?: boolean;
  /** Asked again when the document is there: false, and it is not shown. */
  readonly isWanted?: () => boolean;
  /** Default: where the document is open already, else the active column. */
  readonly column?: vscode.ViewColumn;
}

/**
 * Process buffers as read-only documents. A document shows the end of its buffer, as the buffer is whenever an editor
 * shows it; closing it touches neither buffer nor process.
 */
export class BufferDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  /** Of the open documents, by URI. */
  private readonly views = new Map<string, BufferView>();
  private readonly uris = new WeakMap<TextBuffer, vscode.Uri>();
  /** Ids begin anew in each window, and tabs outlive windows. */
  private readonly session = Date.now().toString(36);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly core: NetworkProcesses) {
    this.subscriptions = [
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(schemes.buffer, this),
      vscode.workspace.onDidOpenTextDocument((d) => this.view(d.uri)),
      vscode.workspace.onDidCloseTextDocument((d) => this.drop(d.uri)),
      vscode.workspace.onDidChangeTextDocument((e) => {
        if (e.contentChanges.length > 0) this.views.get(e.document.uri.toString())?.documentChanged();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.views.forEach((v) => v.editorsChanged())),
      vscode.window.onDidChangeTextEditorVisibleRanges((e) => this.viewOf(e.textEditor)?.scrolled(e.textEditor)),
      vscode.window.onDidChangeTextEditorSelection((e) => this.viewOf(e.textEditor)?.selected()),
      core.onDidKillBuffer((b) => this.killed(b)),
    ];
  }

  /** Shows a buffer's document; its end, unless it was in sight already. */
  async show(buffer: TextBuffer, options: ShowOptions = {}): Promise<vscode.TextEditor | undefined> {
    const uri = this.uriOf(buffer);
    const tab = this.tabs(uri)[0];
    const wasVisible = vscode.window.visibleTextEditors.some((e) => e.document.uri.toString() === uri.toString());
    const document = await vscode.workspace.openTextDocument(uri);
    if (options.isWanted && !options.isWanted()) return undefined;
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: options.column ?? tab?.group.viewColumn,
      preserveFocus: options.preserveFocus,
      preview: options.preserveFocus === true && (tab?.isPreview ?? true),
    });
    if (!wasVisible) this.viewOf(editor)?.showEnd(editor);
    return editor;
  }

  /** The live buffer that a document shows. */
  bufferOf(uri: vscode.Uri): TextBuffer | undefined {
    if (uri.scheme !== schemes.buffer) return undefined;
    const id = idOfPath(uri.path);
    return this.core.bufferList().find((b) => this.idOf(b) === id);
  }

  /** Always the same for a buffer, also when it was killed. */
  uriOf(buffer: TextBuffer): vscode.Uri {
    const known = this.uris.get(buffer);
    if (known) return known;
    const path = bufferPath(this.idOf(buffer), buffer.name ?? '');
    const uri = vscode.Uri.from({ scheme: schemes.buffer, path });
    this.uris.set(buffer, uri);
    return uri;
  }

  /** Closes the tabs of a buffer. */
  async close(buffer: TextBuffer): Promise<void> {
    const tabs = this.tabs(this.uriOf(buffer));
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const view = this.view(uri);
    if (view) return view.text();
    if (idOfPath(uri.path).endsWith(`-${this.session}`)) return vscode.l10n.t('This process buffer was killed.');
    return vscode.l10n.t('This process ended with its window; nothing was reconnected.');
  }

  dispose(): void {
    this.views.forEach((v) => v.dispose());
    this.views.clear();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private idOf(buffer: TextBuffer): string {
    return `${buffer.id}-${this.session}`;
  }

  private view(uri: vscode.Uri): BufferView | undefined {
    if (uri.scheme !== schemes.buffer) return undefined;
    const key = uri.toString();
    const open = this.views.get(key);
    const buffer = open ? undefined : this.bufferOf(uri);
    if (!buffer) return open;
    const view = new BufferView(buffer, uri, () => this.changes.fire(uri));
    this.views.set(key, view);
    return view;
  }

  private viewOf(editor: vscode.TextEditor): BufferView | undefined {
    return this.views.get(editor.document.uri.toString());
  }

  private drop(uri: vscode.Uri): void {
    this.views.get(uri.toString())?.dispose();
    this.views.delete(uri.toString());
  }

  private killed(buffer: TextBuffer): void {
    const uri = this.uris.get(buffer);
    if (!uri) return;
    this.drop(uri);
    this.changes.fire(uri);
  }

  private tabs(uri: vscode.Uri): vscode.Tab[] {
    const isShowing = (tab: vscode.Tab): boolean =>
      tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
    return vscode.window.tabGroups.all.flatMap((g) => g.tabs.filter(isShowing));
  }
}
