import net from 'node:net';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { Meter, now, type Cost } from './meter';

export interface FloodSpec {
  readonly port: number;
  /** How many will come. */
  readonly bytes: number;
  /**
   * Where they go: a bare socket that only counts, a process with a filter that does nothing, a process with a buffer
   * that nobody looks at, or one whose document is shown.
   */
  readonly into: 'socket' | 'filter' | 'buffer' | 'document';
}

/** When things happened, in milliseconds since 1970, and what they cost. */
export interface FloodResult extends Cost {
  readonly first: number;
  readonly received: number;
  /** The document in the extension host ended with the last line; null without a document. */
  readonly inDocument: number | null;
}

/** The last line that the source sends. */
const lastLine = /^last line /;

/** One stream of bytes into something. */
export class Flood {
  private socket: net.Socket | undefined;
  private process: NetworkProcess | null = null;
  private uri: vscode.Uri | undefined;
  private came: (bytes: number) => void = () => undefined;

  constructor(
    private readonly core: NetworkProcesses,
    private readonly spec: FloodSpec,
  ) {}

  /** Connects, and shows the document; nothing flows yet. */
  async open(): Promise<void> {
    const { core, spec } = this;
    if (spec.into === 'socket') {
      const socket = net.connect(spec.port, '127.0.0.1').on('data', (bytes) => this.came(bytes.length));
      this.socket = socket;
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      return;
    }
    const where = spec.into === 'filter' ? { filter: () => undefined } : { buffer: '*bench*' };
    this.process = await core.makeNetworkProcess({ name: 'bench', service: spec.port, ...where });
    this.process!.byteLog.onDidAppend(({ direction, bytes }) => direction === 'received' && this.came(bytes.length));
    if (spec.into === 'document') await this.show();
  }

  /** Asks the source for its bytes and waits until the last one is where it belongs. */
  async run(ask: string): Promise<FloodResult> {
    const meter = new Meter();
    const received = this.allReceived();
    const inDocument = this.spec.into === 'document' ? this.lastLineShown() : null;
    if (this.socket) this.socket.write(ask);
    else await this.core.processSendString(this.process!, ask);
    const times = await received;
    return { ...times, inDocument: await inDocument, ...meter.stop() };
  }

  /** Leaves nothing behind. */
  async close(): Promise<void> {
    this.socket?.destroy();
    if (!this.process) return;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const { buffer } = this.process;
    this.core.deleteProcess(this.process);
    if (buffer) this.core.killBuffer(buffer);
    await vscode.commands.executeCommand('networkProcesses.deleteAllFinished');
  }

  private async show(): Promise<void> {
    await vscode.commands.executeCommand('networkProcesses.showBuffer');
    this.uri = vscode.window.activeTextEditor?.document.uri;
    if (this.uri?.scheme !== 'netproc') throw new Error(`the active editor shows ${String(this.uri)}`);
  }

  private allReceived(): Promise<{ first: number; received: number }> {
    let left = this.spec.bytes;
    let first = 0;
    return new Promise((resolve) => {
      this.came = (bytes) => {
        first ||= now();
        left -= bytes;
        if (left === 0) resolve({ first, received: now() });
      };
    });
  }

  private lastLineShown(): Promise<number> {
    return new Promise((resolve) => {
      const changed = vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() !== this.uri?.toString()) return;
        const { lineCount } = document;
        const end = document.getText(new vscode.Range(Math.max(lineCount - 2, 0), 0, lineCount, 0));
        if (!lastLine.test(end)) return;
        changed.dispose();
        resolve(now());
      });
    });
  }
}
