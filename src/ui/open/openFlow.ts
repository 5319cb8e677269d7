import type * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { BufferDocuments } from '../buffers/bufferDocuments';

/** Asks for an address and opens a connection or starts a server there. */
export class OpenFlow implements vscode.Disposable {
  constructor(
    protected readonly core: NetworkProcesses,
    protected readonly recents: vscode.Memento,
    protected readonly buffers: BufferDocuments,
  ) {}

  /** Undefined: cancelled or failed, and the user knows. */
  async openConnection(): Promise<NetworkProcess | undefined> {
    return undefined;
  }

  /** Undefined: cancelled or failed, and the user knows. */
  async startServer(): Promise<NetworkProcess | undefined> {
    return undefined;
  }

  dispose(): void {}
}
