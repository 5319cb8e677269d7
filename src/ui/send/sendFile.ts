import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import type { Targets } from '../commands/targets';
import { showFailure } from '../errors';
import { schemes } from '../ids';
import { isLocal, kindOf } from '../open/addressKind';
import { showPeerText } from '../peerText';
import { formatBytes, formatCount } from '../rows/amounts';
import type { Row } from '../rows/row';
import type { LargeSends } from './largeSends';
import { aim, askReceiver, type Receiver } from './receiver';
import { mustStillSend } from './sendCommands';
import { SourceFile } from './sourceFile';

/** The most that UDP over IPv4 has room for. */
const datagramBytes = 65_507;
/** Of a local socket's message; the system's own limit is usually far less, and it says so. */
const messageBytes = 16 * 1024 * 1024;

/** Sends files, byte for byte. */
export class SendFile {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
    private readonly large: LargeSends,
  ) {}

  /** To the row or document clicked, or the file clicked in the explorer. */
  async sendFile(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Send File');
    const clicked = fileOf(args[0]);
    const row = clicked
      ? (await this.targets.choose('sendable', title))[0]
      : await this.targets.findOne(args, 'sendable', title);
    if (!row || this.large.refuses(row.process)) return;
    const uri = clicked ?? (await this.askForFile(row));
    if (!uri) return;
    if (uri.scheme !== 'file') {
      const where = showPeerText(uri.toString());
      return showFailure(
        vscode.l10n.t('{0} is not on the disk of the computer that sends: copy it there first.', where),
      );
    }
    const to = await askReceiver(row.process, this.core);
    if (to) await this.send(uri.fsPath, to);
  }

  private async askForFile({ process }: Row): Promise<vscode.Uri | undefined> {
    const title = vscode.l10n.t('Send File to {0}', showPeerText(process.name));
    const chosen = await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Send') });
    return chosen?.[0];
  }

  private async send(path: string, to: Receiver): Promise<void> {
    const name = showPeerText(basename(path));
    const file = await openFile(path, name);
    if (!file) return;
    try {
      if (file.size === 0) showFailure(vscode.l10n.t('{0} is empty: there is nothing to send.', name));
      else if (to.process.socketType !== 'stream') await this.sendDatagram(file, name, to);
      else await this.sendStream(file, name, to);
    } finally {
      await file.close();
    }
  }

  private async sendDatagram(file: SourceFile, name: string, to: Receiver): Promise<void> {
    const limit = isLocal(kindOf(this.core, to.process)) ? messageBytes : datagramBytes;
    if (file.size > limit) {
      const [size, most] = [formatCount(file.size), formatCount(limit)];
      return showFailure(
        vscode.l10n.t('{0} has {1} bytes, and a datagram takes {2} at most: send a smaller file.', name, size, most),
      );
    }
    const bytes = await file.read(0, file.size);
    if (!aim(to, this.core)) return;
    await this.core.processSendBytes(to.process, bytes);
    const size = formatBytes(bytes.length);
    void vscode.window.showInformationMessage(vscode.l10n.t('Sent {0} to {1}: {2}.', name, to.name, size));
  }

  private async sendStream(file: SourceFile, name: string, { process }: Receiver): Promise<void> {
    const send = async (bytes: Uint8Array): Promise<void> => {
      mustStillSend(process);
      await this.core.processSendBytes(process, bytes);
    };
    const shrunk = (): Error => new Error(vscode.l10n.t('{0} became shorter while it was sent.', name));
    const pieces = file.pieces(send, shrunk);
    await this.large.run({ process, what: name, total: file.size, format: formatBytes, pieces });
  }
}

/** A file that was clicked, not the document of a process buffer. */
function fileOf(argument: unknown): vscode.Uri | undefined {
  return argument instanceof vscode.Uri && argument.scheme !== schemes.buffer ? argument : undefined;
}

/** Undefined: the user was told why. */
async function openFile(path: string, name: string): Promise<SourceFile | undefined> {
  try {
    const file = await SourceFile.open(path);
    if (!file) showFailure(vscode.l10n.t('{0} is no ordinary file: choose another.', name));
    return file ?? undefined;
  } catch (error) {
    const why = showPeerText(error instanceof Error ? error.message : String(error));
    showFailure(vscode.l10n.t('{0} can’t be read: {1}', name, why));
    return undefined;
  }
}
