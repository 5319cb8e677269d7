import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { showPeerText } from '../peerText';
import { Detail, showValue } from '../rows/detail';
import type { Row } from '../rows/row';
import { parseProperty, propertyText } from './propertyValue';
import type { Targets } from './targets';

/** Edits property lists. @see Emacs Lisp manual, "Process Information" (process-put) */
export class PropertyCommands {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
  ) {}

  /** Asks for a key and a value. A key that is there already gets the new value. */
  async add(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Add Property');
    const row = await this.targets.findOne(args, null, title);
    if (!row) return;
    const key = await vscode.window.showInputBox({
      title: titleOf(title, row),
      prompt: vscode.l10n.t('The name of the property'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Type a name.') : undefined),
    });
    if (key !== undefined && key.trim() !== '') await this.askValue(row, key.trim(), titleOf(title, row));
  }

  async edit(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Edit Property');
    const found = await this.find(args, title);
    if (found) await this.askValue(found.row, found.key, titleOf(title, found.row));
  }

  async remove(...args: unknown[]): Promise<void> {
    const found = await this.find(args, vscode.l10n.t('Remove Property'));
    if (!found) return;
    const rest = new Map(this.core.processPlist(found.row.process));
    rest.delete(found.key);
    this.core.setProcessPlist(found.row.process, rest);
  }

  private async askValue(row: Row, key: string, title: string): Promise<void> {
    const now = this.core.processGet(row.process, key);
    const text = now === null ? '' : propertyText(now);
    const typed = await vscode.window.showInputBox({
      title,
      prompt:
        text === null
          ? vscode.l10n.t(
              '{0}: a value that only its program can write; what you type takes its place',
              showPeerText(key),
            )
          : vscode.l10n.t(
              '{0}: a number, true, "text", [list] or {object} as in JSON; anything else is text',
              showPeerText(key),
            ),
      value: text ?? '',
      ignoreFocusOut: true,
    });
    if (typed !== undefined) this.core.processPut(row.process, key, parseProperty(typed));
  }

  /** The property that was clicked, or else the user's choice. */
  private async find(args: readonly unknown[], title: string): Promise<{ row: Row; key: string } | undefined> {
    const [clicked] = args;
    if (clicked instanceof Detail && clicked.key !== null) return { row: clicked.row, key: clicked.key };
    const row = await this.targets.findOne(args, null, title);
    if (!row) return undefined;
    const items = [...this.core.processPlist(row.process)].map(([key, value]) => ({
      label: showPeerText(key),
      description: showValue(value),
      key,
    }));
    const placeHolder = items.length > 0 ? vscode.l10n.t('Choose a property') : vscode.l10n.t('It has no properties');
    const picked = await vscode.window.showQuickPick(items, { title: titleOf(title, row), placeHolder });
    return picked && { row, key: picked.key };
  }
}

function titleOf(title: string, row: Row): string {
  return `${title}: ${showPeerText(row.process.name)}`;
}
