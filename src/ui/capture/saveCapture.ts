import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ByteLogEntry, Capture, NetworkProcess, NetworkProcesses } from '../../core';
import type { Targets } from '../commands/targets';
import { showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { formatBytes } from '../rows/amounts';
import { contactText } from '../rows/contactText';
import type { Row } from '../rows/row';
import type { CaptureDocuments } from './captureDocuments';
import { exportCapture, type ExportFormat } from './captureExport';
import { captureEnd } from './captureText';
import { lineCharacters } from './hexDump';
import { NotWritten, saveFile } from './savedFile';

/** Beyond this an editor has trouble with what was saved. */
const openableBytes = 50_000_000;

const endings: Readonly<Record<ExportFormat, string>> = {
  received: 'received.bin',
  sent: 'sent.bin',
  hex: 'hex.txt',
  json: 'jsonl',
};

/** Saves a process's traffic to a file. */
export class SaveCapture {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
    private readonly documents: CaptureDocuments,
  ) {}

  async save(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Save Capture As');
    // A click in the tree that comes without its row means no document.
    const isLost = args.length > 0 && args[0] === undefined;
    const shown = isLost ? undefined : this.documents.rowOf(args[0]);
    const row = shown ?? (await this.targets.findOne(args, 'transfers', title));
    if (!row || !hasCapture(row)) return;
    const format = await pickFormat(row.process, title);
    const uri = format && (await askTarget(row, format, title));
    if (!uri) return;
    if (uri.scheme !== 'file') {
      const where = showPeerText(uri.toString());
      return showFailure(
        vscode.l10n.t('{0} is not on the disk of the computer that captured: choose a place there.', where),
      );
    }
    await this.write(row.process, format, uri);
  }

  private async write(process: NetworkProcess, format: ExportFormat, uri: vscode.Uri): Promise<void> {
    const { capture } = process.byteLog;
    const peer = contactText(process, this.core);
    const name = showPeerText(uri.fsPath);
    const options = {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Saving {0}', name),
    };
    const saving = vscode.window.withProgress(options, (progress, cancel) => {
      const aborted = new AbortController();
      cancel.onCancellationRequested(() => aborted.abort());
      const contents = exportCapture(reported(capture, progress), format, peer, aborted.signal);
      return saveFile(uri.fsPath, contents, aborted.signal);
    });
    const size = await Promise.resolve(saving).catch((error: unknown) => {
      if (!(error instanceof NotWritten)) throw error;
      const reason = showPeerText(error.message);
      showFailure(vscode.l10n.t('{0} can’t be written: {1}. Choose another place or make room.', name, reason));
      return null;
    });
    if (size !== null) await tellSaved(uri, size, captureEnd(capture, vscode.l10n.t));
  }
}

/** Whether there is anything to save; else the user is told why not. */
function hasCapture({ process }: Row): boolean {
  const { capture, entries } = process.byteLog;
  const name = showPeerText(process.name);
  if (capture.state === 'off') {
    showFailure(
      vscode.l10n.t('The traffic of {0} is not captured: the setting networkProcesses.capture.limit is 0.', name),
    );
  } else if (capture.state === 'discarded') {
    showFailure(vscode.l10n.t('The capture of {0} was removed to make room for newer ones.', name));
  } else if (entries.length === 0) {
    showFailure(vscode.l10n.t('{0} has had no traffic yet: there is nothing to save.', name));
  } else return true;
  return false;
}

async function pickFormat({ byteLog }: NetworkProcess, title: string): Promise<ExportFormat | undefined> {
  const { size, bytes } = byteLog.capture;
  const items: (vscode.QuickPickItem & { format: ExportFormat })[] = [
    {
      format: 'received',
      label: vscode.l10n.t('Bytes received'),
      description: formatBytes(bytes.received),
      detail: vscode.l10n.t('As they came over the wire'),
    },
    {
      format: 'sent',
      label: vscode.l10n.t('Bytes sent'),
      description: formatBytes(bytes.sent),
      detail: vscode.l10n.t('As they went over the wire'),
    },
    {
      format: 'hex',
      label: vscode.l10n.t('Hex dump'),
      description: vscode.l10n.t('{0}, about {1} as text', formatBytes(size), formatBytes(hexSize(size))),
      detail: vscode.l10n.t('Both directions, with times and peers'),
    },
    {
      format: 'json',
      label: vscode.l10n.t('JSON lines'),
      description: vscode.l10n.t('{0}, about {1} as text', formatBytes(size), formatBytes(Math.ceil((size * 4) / 3))),
      detail: vscode.l10n.t('Both directions, an object for each piece, for programs'),
    },
  ];
  // The list begins with its first item: what most will want.
  if (bytes.received === 0 && bytes.sent > 0) items.unshift(...items.splice(1, 1));
  const placeHolder = vscode.l10n.t('What to save');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.format;
}

function hexSize(bytes: number): number {
  return Math.ceil(bytes / 16) * lineCharacters;
}

async function askTarget({ process }: Row, format: ExportFormat, title: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const name = process.name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || 'capture';
  const defaultUri = vscode.Uri.file(join(folder, `${name.slice(0, 100)}.${endings[format]}`));
  return vscode.window.showSaveDialog({ title, defaultUri });
}

/** What is captured now, with the share that has passed told. */
async function* reported(
  capture: Capture,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): AsyncGenerator<ByteLogEntry> {
  const total = capture.size;
  let told = 0;
  for await (const entry of capture.entries(0, total)) {
    yield entry;
    const done = entry.offset + entry.bytes.length;
    if (done - told < total / 100) continue;
    const message = vscode.l10n.t('{0} of {1}', formatBytes(done), formatBytes(total));
    progress.report({ message, increment: (100 * (done - told)) / total });
    told = done;
  }
}

async function tellSaved(uri: vscode.Uri, size: number, end: string): Promise<void> {
  const text = [vscode.l10n.t('Saved {0} to {1}.', formatBytes(size), showPeerText(uri.fsPath)), end].join(' ').trim();
  const open = vscode.l10n.t('Open');
  const buttons = size < openableBytes ? [open] : [];
  void vscode.window.showInformationMessage(text, ...buttons).then((choice) => {
    if (choice === open) void vscode.commands.executeCommand('vscode.open', uri);
  });
}
