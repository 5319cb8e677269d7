import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { datagramPeer } from '../rows/contactText';
import type { Row } from '../rows/row';
import type { Settings } from '../settings';
import { forAll } from './forAll';
import { askForPeer } from './datagramPeer';
import { SendBox } from './sendBox';
import type { Targets } from './targets';

/** Sends what the user types or has selected. */
export class SendCommands {
  private readonly box: SendBox;

  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
    settings: Settings,
  ) {
    this.box = new SendBox(settings);
  }

  async send(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'sendable', vscode.l10n.t('Send'));
    if (!row || !(await this.hasPeer(row))) return;
    const text = await this.box.ask(row.process, this.receiver(row));
    if (text !== undefined) await this.core.processSendString(row.process, text);
  }

  /** Sends the selected text as it stands, one selection after the other. */
  async sendSelection(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const selected = editor?.selections.filter((s) => !s.isEmpty).sort((a, b) => a.start.compareTo(b.start)) ?? [];
    if (!editor || selected.length === 0) return showFailure(vscode.l10n.t('Select the text to send first.'));
    const text = selected.map((s) => editor.document.getText(s)).join('');
    // The document is where the text comes from, not where it goes.
    const [row] = await this.targets.choose('sendable', vscode.l10n.t('Send Selection'));
    if (row && (await this.hasPeer(row))) await this.core.processSendString(row.process, text);
  }

  async sendEof(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'eofable', vscode.l10n.t('Send EOF'));
    await forAll(rows, (row) => this.core.processSendEof(row.process));
  }

  /** A datagram goes to an address: the present peer's, or one that the user gives now. */
  private async hasPeer(row: Row): Promise<boolean> {
    const { process } = row;
    if (!process.isDatagram || datagramPeer(process, this.core) !== null) return true;
    const address = await askForPeer(process, this.core);
    if (!address) return false;
    if (this.core.setProcessDatagramAddress(process, address) !== null) return true;
    showFailure(vscode.l10n.t('{0} can’t send there: give an address of its own family.', showPeerText(process.name)));
    return false;
  }

  private receiver({ process }: Row): string {
    return showPeerText(datagramPeer(process, this.core) ?? process.name);
  }
}
