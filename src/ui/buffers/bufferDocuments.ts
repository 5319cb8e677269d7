import * as vscode from 'vscode';
import type { NetworkProcesses, TextBuffer } from '../../core';
import { schemes } from '../ids';
import { bufferPath, idOfPath } from './bufferPath';
import { BufferSources } from './bufferSources';
import { BufferView, type ViewHost, type ViewState } from './bufferView';
import { replaceEditors } from './replaceEditors';

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
 * Bytes that a document may be given before another takes its place: VS Code keeps them all until it is closed. In
 * characters half as many, unless all are of Latin-1.
 */
const documentBudget = 128 * 1024 * 1024;

/**
 * Process buffers as read-only documents. A document shows the end of its buffer, as the buffer is whenever an editor
 * shows it; closing it touches neither buffer nor process. A document that was given very much is replaced by another
 * of the same name, its next generation.
 */
export class BufferDocuments implements vscode.TextDocumentContentProvider, ViewHost, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly states = new vscode.EventEmitter<vscode.Uri>();
  /** What `state` says of a document has changed: with each update, and a few times a second while it is frozen. */
  readonly onDidChangeState = this.states.event;
  readonly sources: BufferSources;
  /** Of the open documents, by URI. */
  private readonly views = new Map<string, BufferView>();
  private readonly uris = new WeakMap<TextBuffer, vscode.Uri>();
  /** The documents that were given too much, by the URI of what takes their place. */
  private readonly formers = new Map<string, BufferView>();
  /** Ids begin anew in each window, and tabs outlive windows. */
  private readonly session = Date.now().toString(36);
  private readonly subscriptions: vscode.Disposable[];
  private readonly replacing = new Set<BufferView>();

  constructor(
    private readonly core: NetworkProcesses,
    private readonly budget = documentBudget,
  ) {
    this.sources = new BufferSources(core, (buffer) => {
      this.views.forEach((v) => v.buffer === buffer && v.noteChanged());
    });
    this.subscriptions = [
      this.changes,
      this.states,
      this.sources,
      vscode.workspace.registerTextDocumentContentProvider(schemes.buffer, this),
      vscode.workspace.onDidOpenTextDocument((d) => this.view(d.uri)),
      vscode.workspace.onDidCloseTextDocument((d) => this.drop(d.uri)),
      vscode.workspace.onDidChangeTextDocument((e) => {
        if (e.contentChanges.length > 0) this.views.get(e.document.uri.toString())?.documentChanged();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.editorsChanged()),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.tabsClosed(closed)),
      vscode.window.onDidChangeTextEditorVisibleRanges((e) => this.viewOf(e.textEditor)?.scrolled(e.textEditor)),
      vscode.window.onDidChangeTextEditorSelection((e) =>
        this.viewOf(e.textEditor)?.selected(e.textEditor, e.kind !== undefined),
      ),
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
    if (!wasVisible) this.viewOf(editor)?.follow(editor);
    const former = this.tabs(uri).filter((t) => !t.isActive && uriOfTab(t)?.toString() !== uri.toString());
    if (former.length > 0) await vscode.window.tabGroups.close(former, true);
    return editor;
  }

  /** Goes to the end of a document, by default the active one, and follows it. */
  follow(uri = vscode.window.activeTextEditor?.document.uri): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const isMeant = (e: vscode.TextEditor | undefined): boolean => e?.document.uri.toString() === uri?.toString();
    const editor = isMeant(activeTextEditor) ? activeTextEditor : visibleTextEditors.find(isMeant);
    if (editor) this.viewOf(editor)?.follow(editor);
  }

  /** Of an open document. */
  state(uri: vscode.Uri): ViewState | undefined {
    return this.views.get(uri.toString())?.state;
  }

  /** The text of the buffer that a part of a document shows, without what stands for it or between it. */
  sourceOf(document: vscode.TextDocument, range: vscode.Range): string {
    return this.views.get(document.uri.toString())?.sourceOf(document, range) ?? document.getText(range);
  }

  /** The part of a document that leads to its capture. */
  captureLink(uri: vscode.Uri): vscode.Range | undefined {
    return this.views.get(uri.toString())?.captureLink;
  }

  /** The live buffer that a document shows. */
  bufferOf(uri: vscode.Uri): TextBuffer | undefined {
    if (uri.scheme !== schemes.buffer) return undefined;
    const id = idOfPath(uri.path);
    return this.core.bufferList().find((b) => this.idOf(b) === id);
  }

  /** Of the newest generation. The path is always the same for a buffer, also when it was killed. */
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
    const former = this.formers.get(key);
    this.formers.delete(key);
    const view = new BufferView(buffer, uri, this, this.budget, former);
    this.views.set(key, view);
    return view;
  }

  refresh(view: BufferView): void {
    this.changes.fire(view.uri);
  }

  stateChanged(view: BufferView): void {
    this.states.fire(view.uri);
  }

  outgrew(view: BufferView): void {
    const generation = Number(/^g=(\d+)$/.exec(view.uri.query)?.[1] ?? 1) + 1;
    const next = view.uri.with({ query: `g=${generation}` });
    this.uris.set(view.buffer, next);
    this.formers.set(next.toString(), view);
    this.editorsChanged();
  }

  private editorsChanged(): void {
    this.views.forEach((v) => v.editorsChanged());
    for (const view of this.views.values()) {
      const newest = this.uris.get(view.buffer);
      if (newest && newest.toString() !== view.uri.toString()) void this.replaceEditors(view, newest);
    }
  }

  /** Those that show a former generation, as soon as they are visible. */
  private async replaceEditors(former: BufferView, newest: vscode.Uri): Promise<void> {
    if (this.replacing.has(former)) return;
    this.replacing.add(former);
    try {
      await replaceEditors(former.uri, newest, (editor, from) => this.viewOf(editor)?.takeOver(editor, from, former));
    } finally {
      this.replacing.delete(former);
    }
  }

  private tabsClosed(tabs: readonly vscode.Tab[]): void {
    for (const tab of tabs) {
      const uri = uriOfTab(tab);
      if (uri && this.tabs(uri).length === 0) this.views.get(uri.toString())?.closed();
    }
  }

  private viewOf(editor: vscode.TextEditor): BufferView | undefined {
    return this.views.get(editor.document.uri.toString());
  }

  private drop(uri: vscode.Uri): void {
    const key = uri.toString();
    this.views.get(key)?.dispose();
    this.views.delete(key);
  }

  private killed(buffer: TextBuffer): void {
    const newest = this.uris.get(buffer);
    if (newest) this.formers.delete(newest.toString());
    for (const view of [...this.views.values()]) {
      if (view.buffer !== buffer) continue;
      this.drop(view.uri);
      this.changes.fire(view.uri);
    }
  }

  /** Of all generations. */
  private tabs(uri: vscode.Uri): vscode.Tab[] {
    const isShowing = (tab: vscode.Tab): boolean => {
      const shown = uriOfTab(tab);
      return shown?.scheme === uri.scheme && shown.path === uri.path;
    };
    return vscode.window.tabGroups.all.flatMap((g) => g.tabs.filter(isShowing));
  }
}

function uriOfTab({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}
