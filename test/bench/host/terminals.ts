import { StringDecoder } from 'node:string_decoder';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { now } from './meter';

export interface TerminalSpec {
  readonly port: number;
  /** `plain`: what a process of ours receives goes straight into an extension's terminal. `process`: our terminal. */
  readonly kind: 'plain' | 'process';
}

/** One terminal, ours or one without any control. */
export class Terminals {
  private process: NetworkProcess | null = null;
  private terminal: vscode.Terminal | undefined;

  constructor(private readonly core: NetworkProcesses) {}

  async open({ port, kind }: TerminalSpec): Promise<void> {
    this.process = await this.core.makeNetworkProcess({ name: 'bench', service: port, buffer: '*bench*' });
    if (kind === 'plain') this.openPlain();
    else await this.openOurs();
  }

  /** Asks the source for its bytes, past the terminal. Returns when, in milliseconds since 1970. */
  async ask(text: string): Promise<number> {
    const time = now();
    await this.core.processSendString(this.process!, text);
    return time;
  }

  async close(): Promise<void> {
    this.terminal?.dispose();
    if (this.process) {
      const { buffer } = this.process;
      this.core.deleteProcess(this.process);
      if (buffer) this.core.killBuffer(buffer);
    }
    this.process = null;
    await vscode.commands.executeCommand('networkProcesses.deleteAllFinished');
  }

  private openPlain(): void {
    const writes = new vscode.EventEmitter<string>();
    const decoder = new StringDecoder('utf8');
    this.process!.byteLog.onDidAppend(({ direction, bytes }) => {
      if (direction === 'received') writes.fire(decoder.write(Buffer.from(bytes)).replaceAll('\n', '\r\n'));
    });
    const pty: vscode.Pseudoterminal = { onDidWrite: writes.event, open: () => undefined, close: () => undefined };
    this.terminal = vscode.window.createTerminal({ name: 'plain', pty });
    this.terminal.show();
  }

  private async openOurs(): Promise<void> {
    const before = vscode.window.terminals.length;
    await vscode.commands.executeCommand('networkProcesses.openTerminal');
    this.terminal = vscode.window.terminals[before];
  }
}
