import * as vscode from 'vscode';
import type { Disposable } from '../../core';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import type { ProcessTree } from '../tree/processTree';
import type { StatusSource, StatusTarget } from './statusSource';

/** The process buffer whose document is active. */
export class BufferStatus implements StatusSource {
  constructor(
    private readonly tree: ProcessTree,
    private readonly buffers: BufferDocuments,
  ) {}

  active(): StatusTarget | undefined {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const buffer = uri && this.buffers.bufferOf(uri);
    const row = buffer && this.tree.rows.rowOfBuffer(buffer);
    const state = uri && this.buffers.state(uri);
    if (!row || !state) return undefined;
    const { following, newBytes, trimmed } = state;
    return { row, trimmed, view: { kind: 'document', following, newBytes } };
  }

  onDidChange(listener: (turnedTo: boolean) => void): Disposable {
    const isActive = (uri: vscode.Uri): boolean =>
      vscode.window.activeTextEditor?.document.uri.toString() === uri.toString();
    return vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => listener(editor !== undefined)),
      // The active editor stays the active one while the user is in a terminal; a click or a key there ends that.
      vscode.window.onDidChangeTextEditorSelection((e) => {
        if (e.kind !== undefined && isActive(e.textEditor.document.uri)) listener(true);
      }),
      this.buffers.onDidChangeState((uri) => {
        if (isActive(uri)) listener(false);
      }),
      this.tree.onDidSummarize(() => listener(false)),
    );
  }
}
