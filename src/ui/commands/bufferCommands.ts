import * as vscode from 'vscode';
import type { NetworkProcesses, TextBuffer } from '../../core';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import { schemes } from '../ids';
import type { KillQuestion } from './killQuestion';
import { treeSelection, type Targets } from './targets';

/** Shows and kills process buffers. */
export class BufferCommands {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
    private readonly buffers: BufferDocuments,
    private readonly question: KillQuestion,
  ) {}

  async show(...args: unknown[]): Promise<void> {
    await this.showOf(args, false);
  }

  /** The same for a row that was clicked, which leaves the keyboard with the tree. */
  async lookAt(): Promise<void> {
    await this.showOf([treeSelection], true);
  }

  private async showOf(args: readonly unknown[], preserveFocus: boolean): Promise<void> {
    const row = await this.targets.findOne(args, 'hasBuffer', vscode.l10n.t('Show Process Buffer'));
    if (!row?.process.buffer) return;
    // The Delete key selects its row first, which is to show it.
    const isWanted = (): boolean => this.targets.isThere(row);
    await this.buffers.show(row.process.buffer, { preserveFocus, isWanted });
  }

  /** Goes to the end of the clicked or active document, and follows it again. */
  follow(uri?: unknown): void {
    this.buffers.follow(uri instanceof vscode.Uri ? uri : undefined);
  }

  /** Kills the buffer and with it all its processes; asks first as Emacs does. */
  async kill(...args: unknown[]): Promise<void> {
    const buffer = this.bufferOfDocument(args[0]) ?? (await this.bufferOfProcess(args));
    if (!buffer?.live) return;
    const newest = this.core.getBufferProcess(buffer);
    if (!(await this.question.mayKillBuffer(buffer.name ?? '', newest)) || !buffer.live) return;
    await this.buffers.close(buffer);
    this.core.killBuffer(buffer);
  }

  /** The buffer of a clicked or active document; it may have no process any more. */
  private bufferOfDocument(argument: unknown): TextBuffer | undefined {
    if (argument !== undefined && !(argument instanceof vscode.Uri)) return undefined;
    const uri = argument ?? vscode.window.activeTextEditor?.document.uri;
    return uri?.scheme === schemes.buffer ? this.buffers.bufferOf(uri) : undefined;
  }

  private async bufferOfProcess(args: readonly unknown[]): Promise<TextBuffer | null | undefined> {
    const row = await this.targets.findOne(args, 'hasBuffer', vscode.l10n.t('Kill Process Buffer'));
    return row?.process.buffer;
  }
}
