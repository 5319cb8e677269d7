import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { bufferPath, idOfPath } from '../buffers/bufferPath';
import type { Targets } from '../commands/targets';
import { errorText } from '../errors';
import { commands, schemes } from '../ids';
import { formatCount } from '../rows/amounts';
import { contactText } from '../rows/contactText';
import type { Row } from '../rows/row';
import { lastPage, previousPage, readPage, type PageStart } from './capturePage';
import { pageText, parseOffset } from './captureText';

/** Where a capture's document is. */
interface View {
  readonly row: Row;
  readonly uri: vscode.Uri;
  start: PageStart;
  next: PageStart | null;
  /** Starts of the pages that Next left, for the way back. */
  readonly passed: PageStart[];
  /** The page was turned, and its text has not come through. */
  isTurning: boolean;
}

/**
 * Captures as read-only documents that show one page. Their first line has links that turn it; so do commands. A page is
 * read anew each time.
 */
export class CaptureDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable
{
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  /** By the id in their path. As small as a row, and gone with it. */
  private readonly views = new Map<string, View>();
  /** Rows' ids begin anew in each window, and tabs outlive windows. */
  private readonly session = Date.now().toString(36);
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
  ) {
    const selector = { scheme: schemes.capture };
    const subscription = core.onDidChangeProcess(({ kind, process }) => {
      if (kind === 'capture' && process.byteLog.capture.state === 'discarded') this.refreshGone();
    });
    this.subscriptions = [
      this.changes,
      new vscode.Disposable(() => subscription.dispose()),
      vscode.workspace.registerTextDocumentContentProvider(schemes.capture, this),
      vscode.languages.registerDocumentLinkProvider(selector, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.turned(document)),
    ];
  }

  /** Opens the capture of the row or document clicked, or of the user's choice. */
  async open(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'transfers', vscode.l10n.t('Open Capture'));
    if (!row) return;
    const document = await vscode.workspace.openTextDocument(this.viewOfRow(row).uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** The row whose capture a document shows: the one named by a link, else the active one. */
  rowOf(argument: unknown): Row | undefined {
    return this.viewOf(argument)?.row;
  }

  first(argument?: unknown): void {
    this.turn(argument, () => ({ offset: 0, skip: 0 }));
  }

  previous(argument?: unknown): void {
    this.turn(argument, ({ start, passed }) => passed.pop() ?? previousPage(start), true);
  }

  /** On the last page, reads it again: more may have come. */
  next(argument?: unknown): void {
    const go = ({ start, next, passed }: View): PageStart => {
      if (next) passed.push(start);
      return next ?? start;
    };
    this.turn(argument, go, true);
  }

  last(argument?: unknown): void {
    this.turn(argument, ({ row }) => lastOf(row));
  }

  async goTo(argument?: unknown): Promise<void> {
    const view = this.viewOf(argument);
    if (!view) return;
    const { size } = view.row.process.byteLog.capture;
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t('Go to Offset'),
      prompt: vscode.l10n.t(
        '0 to {0}, hexadecimal with 0x, or a share such as 50%',
        formatCount(Math.max(size - 1, 0)),
      ),
      validateInput: (text) =>
        parseOffset(text, size) === undefined
          ? vscode.l10n.t('Type a number from 0 to {0}.', formatCount(Math.max(size - 1, 0)))
          : undefined,
    });
    const offset = typed === undefined ? undefined : parseOffset(typed, size);
    if (offset !== undefined) this.turn(argument, () => ({ offset, skip: 0 }));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const view = this.views.get(idOfPath(uri.path));
    if (!view) return vscode.l10n.t('This capture is gone: captures are kept until their process is deleted.');
    const { process } = view.row;
    const { capture, entries } = process.byteLog;
    const links = this.links(uri).map(({ label }) => label);
    if (capture.state === 'off' || capture.state === 'discarded') {
      return capture.state === 'off'
        ? vscode.l10n.t('Not captured: the setting networkProcesses.capture.limit is 0.')
        : vscode.l10n.t('This capture was removed to make room for newer ones.');
    }
    try {
      // Before the first traffic there are no files yet.
      const page = await readPage(entries.length > 0 ? capture : nothing, view.start);
      view.next = page.next;
      return `${links.join('   ')}\n\n${pageText(page, capture, contactText(process, this.core), vscode.l10n.t)}`;
    } catch (error) {
      return `${vscode.l10n.t('This capture can’t be read.')} ${errorText(error)}`;
    }
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const line = document.lineAt(0).text;
    return this.links(document.uri).flatMap(({ label, command }) => {
      const at = line.indexOf(label);
      if (at < 0) return [];
      const args = encodeURIComponent(JSON.stringify([idOfPath(document.uri.path)]));
      const target = vscode.Uri.parse(`command:${command}?${args}`);
      return [new vscode.DocumentLink(new vscode.Range(0, at, 0, at + label.length), target)];
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private links(uri: vscode.Uri): { label: string; command: string }[] {
    if (!this.views.has(idOfPath(uri.path))) return [];
    return [
      { label: vscode.l10n.t('First Page'), command: commands.captureFirst },
      { label: vscode.l10n.t('Previous Page'), command: commands.capturePrevious },
      { label: vscode.l10n.t('Next Page'), command: commands.captureNext },
      { label: vscode.l10n.t('Last Page'), command: commands.captureLast },
      { label: vscode.l10n.t('Go to Offset…'), command: commands.captureGoTo },
      { label: vscode.l10n.t('Save Capture As…'), command: commands.saveCapture },
    ];
  }

  /** Made at the last page when there is none yet; else read anew. */
  private viewOfRow(row: Row): View {
    const id = `${row.id}-${this.session}`;
    const known = this.views.get(id);
    if (known) {
      this.changes.fire(known.uri);
      return known;
    }
    const path = bufferPath(id, vscode.l10n.t('{0} (capture)', row.process.name));
    const uri = vscode.Uri.from({ scheme: schemes.capture, path });
    const view: View = { row, uri, start: lastOf(row), next: null, passed: [], isTurning: false };
    this.views.set(id, view);
    return view;
  }

  /** A link gives its document's id, which needs no escapes; a menu its URI; the palette nothing. */
  private viewOf(argument: unknown): View | undefined {
    if (typeof argument === 'string') return this.views.get(argument);
    const uri = argument ?? vscode.window.activeTextEditor?.document.uri;
    return uri instanceof vscode.Uri && uri.scheme === schemes.capture ? this.views.get(idOfPath(uri.path)) : undefined;
  }

  /** @param keepsWay Whether the way back stays known. */
  private turn(argument: unknown, go: (view: View) => PageStart, keepsWay = false): void {
    const view = this.viewOf(argument);
    if (!view) return;
    view.start = go(view);
    view.isTurning = true;
    if (!keepsWay) view.passed.length = 0;
    this.changes.fire(view.uri);
  }

  /** A page is read from its top. */
  private turned({ uri }: vscode.TextDocument): void {
    const view = uri.scheme === schemes.capture ? this.views.get(idOfPath(uri.path)) : undefined;
    if (!view?.isTurning) return;
    view.isTurning = false;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.toString() !== uri.toString()) continue;
      const top = new vscode.Selection(0, 0, 0, 0);
      // Not when it is there already: what is set arrives late, and would undo what the user does meanwhile.
      if (!editor.selection.isEqual(top)) editor.selection = top;
      editor.revealRange(top);
    }
  }

  private refreshGone(): void {
    for (const [id, { row, uri }] of this.views) {
      if (row.process.byteLog.capture.state !== 'discarded') continue;
      if (!this.targets.isThere(row)) this.views.delete(id);
      this.changes.fire(uri);
    }
  }
}

function lastOf({ process }: Row): PageStart {
  return lastPage(process.byteLog.capture.size);
}

const nothing = { size: 0, async *entries() {} };
