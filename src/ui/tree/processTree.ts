import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { processesView } from '../ids';
import { Details, type Detail } from '../rows/detail';
import { RefreshQueue, systemTimers } from '../rows/refreshQueue';
import { Row } from '../rows/row';
import { RowModel, type RowChange } from '../rows/rowModel';
import { RowText } from '../rows/rowText';
import { formatCount } from '../rows/amounts';
import { FinishedDecorations } from './finishedDecorations';
import { TreeItems } from './treeItems';

/** What the tree shows: processes and what is told about them. */
export type TreeNode = Row | Detail;

/** The tree of processes in the panel: draws the rows of its model. */
export class ProcessTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly rows: RowModel;
  private readonly details: Details;
  private readonly items: TreeItems;
  private readonly queue: RefreshQueue;
  private readonly view: vscode.TreeView<TreeNode>;
  private readonly didChangeTreeData = new vscode.EventEmitter<TreeNode[] | undefined>();
  private readonly didSummarize = new vscode.EventEmitter<void>();
  private readonly didChangeRow = new vscode.EventEmitter<RowChange>();
  private readonly subscriptions: vscode.Disposable[];

  readonly onDidChangeTreeData = this.didChangeTreeData.event;
  /** The rows' states have changed, at most four times a second, also while the tree is hidden. */
  readonly onDidSummarize = this.didSummarize.event;
  /** Each change at once, whether it is drawn or not. */
  readonly onDidChangeRow = this.didChangeRow.event;

  constructor(core: NetworkProcesses) {
    const text = new RowText(core, vscode.l10n.t);
    this.details = new Details(core, text, vscode.l10n.t);
    this.items = new TreeItems(text, this.details);
    this.queue = new RefreshQueue({ draw: (rows) => this.draw(rows), summarize: () => this.summarize() }, systemTimers);
    this.rows = new RowModel(core, (change) => {
      this.queue.add(change);
      this.didChangeRow.fire(change);
    });
    this.view = vscode.window.createTreeView(processesView, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.subscriptions = [
      this.view,
      this.view.onDidChangeVisibility((e) => this.queue.setVisible(e.visible)),
      vscode.window.registerFileDecorationProvider(new FinishedDecorations()),
      this.didChangeTreeData,
      this.didSummarize,
      this.didChangeRow,
      this.queue,
      this.rows,
    ];
    this.queue.setVisible(this.view.visible);
  }

  get selection(): readonly TreeNode[] {
    return this.view.selection;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node instanceof Row ? this.items.ofRow(node) : this.items.ofDetail(node);
  }

  /** A row in a list to choose from. */
  quickPickItem(row: Row): vscode.QuickPickItem {
    const { label, description, iconPath } = this.items.ofRow(row);
    return { label: String(label), description: String(description), iconPath: iconPath as vscode.ThemeIcon };
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = this.items.tooltip(node);
    return item;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (!node) return this.rows.topLevel();
    return node instanceof Row ? [...node.children, ...this.details.of(node)] : this.details.entries(node);
  }

  getParent(node: TreeNode): TreeNode | null {
    return node instanceof Row ? node.parent : (node.parent ?? node.row);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private draw(rows: readonly Row[] | 'all'): void {
    this.didChangeTreeData.fire(rows === 'all' ? undefined : [...rows]);
  }

  private summarize(): void {
    const live = this.rows.count('live');
    const tooltip =
      live === 1 ? vscode.l10n.t('1 live process') : vscode.l10n.t('{0} live processes', formatCount(live));
    this.view.badge = live > 0 ? { value: live, tooltip } : undefined;
    const { dropped } = this.rows;
    this.view.message =
      dropped > 0
        ? vscode.l10n.t('{0} older finished processes are no longer listed.', formatCount(dropped))
        : undefined;
    this.didSummarize.fire();
  }
}
