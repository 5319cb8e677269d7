import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import { forAll } from '../commands/forAll';
import type { Targets } from '../commands/targets';
import { showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { formatCount } from '../rows/amounts';
import { Row } from '../rows/row';
import type { Settings } from '../settings';
import type { LargeSends } from './largeSends';
import { aim, askReceiver } from './receiver';
import { SendBox } from './sendBox';
import { pieceUnits, textPieces } from './textPieces';

/** Sends what the user types or has selected. */
export class SendCommands {
  private readonly box: SendBox;

  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
    private readonly large: LargeSends,
    settings: Settings,
    private readonly buffers: BufferDocuments,
  ) {
    this.box = new SendBox(settings);
  }

  async send(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'sendable', vscode.l10n.t('Send'));
    if (!row || this.large.refuses(row.process)) return;
    const to = await askReceiver(row.process, this.core);
    const text = to && (await this.box.ask(to.process, to.name));
    // Something large may have begun while the user typed.
    if (text === undefined || this.large.refuses(to!.process) || !aim(to!, this.core)) return;
    await this.core.processSendString(to!.process, text);
  }

  /**
   * Sends the selected text, from a process buffer the text behind what is shown, one selection after the other, to the
   * row clicked or chosen.
   */
  async sendSelection(...args: unknown[]): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const selected = editor?.selections.filter((s) => !s.isEmpty).sort((a, b) => a.start.compareTo(b.start)) ?? [];
    if (!editor || selected.length === 0) return showFailure(vscode.l10n.t('Select the text to send first.'));
    const text = selected.map((s) => this.buffers.sourceOf(editor.document, s)).join('');
    // The document is where the text comes from, not where it goes.
    const title = vscode.l10n.t('Send Selection');
    const fromTree = args[0] instanceof Row;
    const row = fromTree
      ? await this.targets.findOne(args, 'sendable', title)
      : (await this.targets.choose('sendable', title))[0];
    if (!row || this.large.refuses(row.process)) return;
    const to = await askReceiver(row.process, this.core);
    if (!to || this.large.refuses(to.process) || !aim(to, this.core)) return;
    // A datagram or packet is one, whatever its size.
    if (text.length <= pieceUnits || to.process.socketType !== 'stream')
      await this.core.processSendString(to.process, text);
    else await this.sendText(to.process, text);
  }

  async sendEof(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'eofable', vscode.l10n.t('Send EOF'));
    const free = rows.filter((row) => !this.large.refuses(row.process));
    await forAll(free, (row) => this.core.processSendEof(row.process));
  }

  private async sendText(process: NetworkProcess, text: string): Promise<void> {
    const send = async (piece: string): Promise<void> => {
      mustStillSend(process);
      await this.core.processSendString(process, piece);
    };
    await this.large.run({
      process,
      what: vscode.l10n.t('the selection'),
      total: text.length,
      format: (units) => vscode.l10n.t('{0} characters', formatCount(units)),
      pieces: textPieces(text, send),
    });
  }
}

/** After the end of file the core takes whatever comes, and sends nothing. */
export function mustStillSend(process: NetworkProcess): void {
  if (!process.sentEof) return;
  throw new Error(vscode.l10n.t('{0} has sent its end of file: reconnect to send more.', showPeerText(process.name)));
}
