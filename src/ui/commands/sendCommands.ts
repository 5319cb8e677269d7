import * as vscode from 'vscode';
import type { NetworkAddress, NetworkProcess, NetworkProcesses } from '../../core';
import { showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { addressText, datagramPeer } from '../rows/contactText';
import { Row } from '../rows/row';
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
    const to = row && (await this.receiver(row));
    const text = to && (await this.box.ask(row.process, to.name));
    if (text !== undefined) await this.sendTo(row!.process, to!.address, text);
  }

  /** Sends the selected text as it stands, one selection after the other, to the row clicked or chosen. */
  async sendSelection(...args: unknown[]): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const selected = editor?.selections.filter((s) => !s.isEmpty).sort((a, b) => a.start.compareTo(b.start)) ?? [];
    if (!editor || selected.length === 0) return showFailure(vscode.l10n.t('Select the text to send first.'));
    const text = selected.map((s) => editor.document.getText(s)).join('');
    // The document is where the text comes from, not where it goes.
    const title = vscode.l10n.t('Send Selection');
    const fromTree = args[0] instanceof Row;
    const row = fromTree
      ? await this.targets.findOne(args, 'sendable', title)
      : (await this.targets.choose('sendable', title))[0];
    const to = row && (await this.receiver(row));
    if (to) await this.sendTo(row.process, to.address, text);
  }

  async sendEof(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'eofable', vscode.l10n.t('Send EOF'));
    await forAll(rows, (row) => this.core.processSendEof(row.process));
  }

  /**
   * Who will get it: a datagram goes to an address, the present peer's or one that the user gives now. Undefined when
   * the user gives none.
   */
  private async receiver({ process }: Row): Promise<Receiver | undefined> {
    if (!process.isDatagram) return { name: showPeerText(process.name), address: null };
    const present = datagramPeer(process, this.core) === null ? null : this.core.processDatagramAddress(process);
    const address = present ?? (await askForPeer(process, this.core));
    return address ? { name: showPeerText(addressText(address)), address } : undefined;
  }

  /** Sends to the address that the user was shown, whoever has written meanwhile. */
  private async sendTo(process: NetworkProcess, address: NetworkAddress | null, text: string): Promise<void> {
    const isPresent = addressText(this.core.processDatagramAddress(process)) === addressText(address);
    if (address !== null && !isPresent && this.core.setProcessDatagramAddress(process, address) === null) {
      const name = showPeerText(process.name);
      return showFailure(vscode.l10n.t('{0} can’t send there: give an address of its own family.', name));
    }
    await this.core.processSendString(process, text);
  }
}

interface Receiver {
  /** Harmless to show. */
  readonly name: string;
  /** Null for a stream, which has one peer. */
  readonly address: NetworkAddress | null;
}
