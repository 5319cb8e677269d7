import * as vscode from 'vscode';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import { activeTraitsKey, contextKeys, schemes } from '../ids';
import type { Trait } from '../rows/row';
import type { ProcessTree } from './processTree';

const traits = {
  hasLive: 'live',
  hasFinished: 'finished',
  hasSendable: 'sendable',
  hasStream: 'eofable',
  hasStoppable: 'stoppable',
  hasStopped: 'stopped',
  hasReconnectable: 'reconnectable',
  hasBuffer: 'hasBuffer',
  hasEncrypted: 'encrypted',
  hasTransfers: 'transfers',
  hasDatagram: 'retargetable',
} as const satisfies Partial<Record<keyof typeof contextKeys, Trait>>;

/** Keeps the keys by which the palette and editors' menus offer only what can be done. */
export class ContextKeys implements vscode.Disposable {
  private readonly current = new Map<string, unknown>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly tree: ProcessTree,
    private readonly buffers: BufferDocuments,
  ) {
    this.subscriptions = [
      tree.onDidSummarize(() => this.update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.updateActive()),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private update(): void {
    const { rows } = this.tree;
    this.set(contextKeys.hasProcesses, rows.count('live') + rows.count('finished') > 0);
    for (const [name, trait] of Object.entries(traits)) {
      this.set(contextKeys[name as keyof typeof traits], rows.count(trait) > 0);
    }
    this.updateActive();
  }

  private updateActive(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const buffer = uri?.scheme === schemes.buffer ? this.buffers.bufferOf(uri) : undefined;
    const row = buffer && this.tree.rows.rowOfBuffer(buffer);
    this.set(activeTraitsKey, row ? [...row.traits].join(' ') : '');
  }

  private set(key: string, value: unknown): void {
    if (this.current.get(key) === value) return;
    this.current.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
