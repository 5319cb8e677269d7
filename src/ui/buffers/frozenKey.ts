import * as vscode from 'vscode';
import { frozenKey } from '../ids';
import type { BufferDocuments } from './bufferDocuments';

/** Keeps the key that says whether the active document is frozen: none of its editors follows its end. */
export class FrozenKey implements vscode.Disposable {
  private current = false;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly buffers: BufferDocuments) {
    this.subscription = vscode.Disposable.from(
      buffers.onDidChangeState(() => this.update()),
      vscode.window.onDidChangeActiveTextEditor(() => this.update()),
    );
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private update(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const isFrozen = uri !== undefined && this.buffers.state(uri)?.following === false;
    if (isFrozen === this.current) return;
    this.current = isFrozen;
    void vscode.commands.executeCommand('setContext', frozenKey, isFrozen);
  }
}
