import * as vscode from 'vscode';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import { showFailure } from '../errors';
import { schemes } from '../ids';
import { showPeerText } from '../peerText';
import { Detail } from '../rows/detail';
import { Row, type Trait } from '../rows/row';
import type { ProcessTree, TreeNode } from '../tree/processTree';

/** Finds the processes that a command is meant for. */
export class Targets {
  constructor(
    private readonly tree: ProcessTree,
    private readonly buffers: BufferDocuments,
  ) {}

  /**
   * What was clicked, else the process of the active document, else the user's choice among the rows with a trait;
   * when there is only one, that. Rows without the trait are left out, and the user is told when none remains.
   *
   * @param args What the editor passed to the command.
   * @param trait What the command needs.
   * @param shown The row that the user looks at elsewhere than in a document; when the active document is another's,
   *   they choose.
   * @returns None when cancelled.
   */
  async find(args: readonly unknown[], trait: Trait | null, title: string, shown?: Row): Promise<Row[]> {
    const clicked = await this.clicked(args);
    const meant = clicked ?? this.ofDocument(args);
    if (!clicked && shown?.traits.has(trait ?? 'live') && !meant?.includes(shown)) {
      return this.chooseAmong([shown, ...(meant ?? [])], title);
    }
    if (!meant) return this.choose(trait, title);
    const able = meant.filter((row) => trait === null || row.traits.has(trait));
    const [first] = meant;
    if (able.length > 0 || !first || isDone(first, trait)) return able;
    // What a server cannot do, its clients may.
    const clients = this.rowsWith(trait).filter((row) => row.parent === first);
    if (clients.length > 0) return this.chooseAmong(clients, title);
    showFailure(unfit(first, trait));
    return [];
  }

  /** As `find`, for commands that take one. */
  async findOne(args: readonly unknown[], trait: Trait | null, title: string, shown?: Row): Promise<Row | undefined> {
    return (await this.find(args.slice(0, 1), trait, title, shown))[0];
  }

  /** Whether a row is still in the tree. */
  isThere(row: Row): boolean {
    return this.tree.rows.has(row);
  }

  /** Lets the user choose among the rows with a trait, the newest first. */
  async choose(trait: Trait | null, title: string): Promise<Row[]> {
    const rows = this.rowsWith(trait);
    if (rows.length === 0)
      showFailure(vscode.l10n.t('There is no process for that. Open a connection or start a server first.'));
    return this.chooseAmong(rows, title);
  }

  private rowsWith(trait: Trait | null): Row[] {
    return this.tree.rows.all().filter((row) => trait === null || row.traits.has(trait));
  }

  /** Lets the user choose among these; a single one needs no choice. */
  async chooseAmong(rows: Row[], title: string): Promise<Row[]> {
    if (rows.length <= 1) return rows;
    const items = rows.map((row) => ({ ...this.tree.quickPickItem(row), row }));
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('Choose a process'),
      matchOnDescription: true,
    });
    return picked ? [picked.row] : [];
  }

  /** Rows that are gone are left out: a second click finds nothing to do. */
  private async clicked(args: readonly unknown[]): Promise<Row[] | undefined> {
    const [first, all] = args;
    if (args.length > 0 && first === undefined) {
      // A click on a row that VS Code was about to draw anew comes without the row. Whatever it was, it was meant:
      // no other process may stand in for it.
      showFailure(vscode.l10n.t('That row was just changing. Please try again.'));
      return [];
    }
    const nodes = isSelectionArgument(first) ? await this.selected() : Array.isArray(all) ? all : [first];
    if (!nodes.every((node) => node instanceof Row || node instanceof Detail)) return undefined;
    const rows = nodes.map((node) => (node instanceof Detail ? node.row : node));
    return [...new Set(rows)].filter((row) => this.tree.rows.has(row));
  }

  /** While VS Code draws a row anew, it does not know for a moment that it is selected. */
  private async selected(): Promise<readonly TreeNode[]> {
    for (let tries = 0; tries < 20 && this.tree.selection.length === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return this.tree.selection;
  }

  private ofDocument([first]: readonly unknown[]): Row[] | undefined {
    const uri = first instanceof vscode.Uri ? first : vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== schemes.buffer) return undefined;
    const buffer = this.buffers.bufferOf(uri);
    const row = buffer && this.tree.rows.rowOfBuffer(buffer);
    if (row) return [row];
    // A tab that happens to be active says nothing about what was meant once its process is gone.
    if (!(first instanceof vscode.Uri)) return undefined;
    showFailure(vscode.l10n.t('No process has this process buffer any more: choose one in the tree.'));
    return [];
  }
}

/** Whether it is what it was to become already, as after a second click. */
function isDone({ traits }: Row, trait: Trait | null): boolean {
  return (trait === 'stoppable' && traits.has('stopped')) || (trait === 'stopped' && traits.has('stoppable'));
}

/** Why a process that was meant can't do what was asked, and what to do. */
function unfit({ process, traits }: Row, trait: Trait | null): string {
  const name = showPeerText(process.name);
  if (trait === 'hasBuffer') return vscode.l10n.t('{0} has no process buffer: a filter takes its output.', name);
  if (trait === 'transfers') return vscode.l10n.t('{0} only listens: its clients have the traffic.', name);
  if (trait === 'encrypted') {
    if (traits.has('server')) return vscode.l10n.t('{0} is a server: none of its clients is encrypted.', name);
    return vscode.l10n.t('{0} is not encrypted.', name);
  }
  if (trait === 'live') return vscode.l10n.t('{0} has ended.', name);
  if (trait === 'reconnectable') {
    if (traits.has('live')) return vscode.l10n.t('{0} is running. Delete it first.', name);
    return vscode.l10n.t('{0} was accepted by a server: only its peer can connect again.', name);
  }
  if (traits.has('finished')) {
    if (traits.has('reconnectable')) return vscode.l10n.t('{0} has ended. Reconnect it first.', name);
    return vscode.l10n.t('{0} has ended: only its peer can connect again.', name);
  }
  if (trait === 'stopped') return vscode.l10n.t('{0} is not stopped: there is nothing to continue.', name);
  if (trait === 'stoppable')
    return vscode.l10n.t('{0} can’t be stopped while its status is {1}: wait, or delete it.', name, process.status);
  if (traits.has('server')) return vscode.l10n.t('{0} is a server: send to one of its clients.', name);
  if (traits.has('datagram'))
    return vscode.l10n.t('{0} is a datagram process and has no end of file: delete it to end it.', name);
  return vscode.l10n.t('{0} has sent its end of file: reconnect to send more.', name);
}

/** Stands for what is selected in the tree, where a command has no other argument. */
export const treeSelection = { selection: true };

/** The manifest binds keys in the tree with this argument; a command from the palette gets none. */
function isSelectionArgument(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'selection' in argument;
}
