import * as vscode from 'vscode';
import { finishedColor, rowCommands } from '../ids';
import type { Detail, DetailKind, Details } from '../rows/detail';
import { Row } from '../rows/row';
import type { RowText } from '../rows/rowText';
import { finishedRowUri } from './finishedDecorations';

/** Turns rows and details into what the editor draws. */
export class TreeItems {
  constructor(
    private readonly text: RowText,
    private readonly details: Details,
  ) {}

  ofRow(row: Row): vscode.TreeItem {
    const item = new vscode.TreeItem(this.text.label(row), vscode.TreeItemCollapsibleState.Collapsed);
    item.id = row.id;
    item.description = this.text.description(row);
    item.iconPath = rowIcon(row);
    item.contextValue = [...row.traits].join(' ');
    item.accessibilityInformation = { label: this.text.accessibleLabel(row) };
    if (row.traits.has('hasBuffer')) item.command = lookAtBuffer();
    if (row.traits.has('finished')) item.resourceUri = finishedRowUri(row);
    return item;
  }

  ofDetail(detail: Detail): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(detail.label, this.details.hasEntries(detail) ? Collapsed : None);
    item.id = detail.id;
    item.description = detail.description;
    const icon = detailIcons[detail.kind];
    if (icon) item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = detail.kind;
    if (detail.kind === 'buffer' && detail.row.traits.has('hasBuffer')) item.command = lookAtBuffer();
    if (detail.kind === 'capture' && detail.row.traits.has('transfers')) item.command = lookAtCapture();
    return item;
  }

  /** Plain text, never markdown: names come from peers. */
  tooltip(node: Row | Detail): string {
    return node instanceof Row ? this.text.tooltip(node) : `${node.label}: ${node.description}`;
  }
}

/*
 * Without arguments: VS Code keeps those only until the row is drawn anew, and a click that comes then would be told
 * that there is no such command. What was clicked is selected.
 */

function lookAtBuffer(): vscode.Command {
  return { command: rowCommands.lookAtBuffer, title: vscode.l10n.t('Show Process Buffer') };
}

function lookAtCapture(): vscode.Command {
  return { command: rowCommands.lookAtCapture, title: vscode.l10n.t('Open Capture') };
}

const detailIcons: Readonly<Record<DetailKind, string | null>> = {
  tls: 'lock',
  plain: 'unlock',
  certificates: 'verified',
  certificate: 'file-code',
  contact: 'link',
  properties: 'symbol-property',
  options: 'settings',
  buffer: 'output',
  coding: 'symbol-string',
  query: 'question',
  traffic: 'arrow-swap',
  capture: 'record',
  times: 'clock',
  entry: null,
  property: null,
  option: null,
  remark: 'info',
};

function rowIcon(row: Row): vscode.ThemeIcon {
  if (row.process.status === 'connect') return new vscode.ThemeIcon('loading~spin');
  return new vscode.ThemeIcon(iconName(row), new vscode.ThemeColor(iconColor(row)));
}

function iconName({ process }: Row): string {
  if (process.isDatagram) return process.isServer ? 'radio-tower' : 'broadcast';
  if (process.isServer) return 'server';
  return process.server ? 'vm-connect' : 'plug';
}

function iconColor({ process, traits }: Row): string {
  if (process.status === 'failed') return 'errorForeground';
  if (traits.has('finished')) return finishedColor;
  return traits.has('stopped') ? 'charts.yellow' : 'testing.iconPassed';
}
