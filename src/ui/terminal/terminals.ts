import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { contextKeys } from '../ids';
import type { Row } from '../rows/row';
import type { RowChange } from '../rows/rowModel';
import type { LargeSends } from '../send/largeSends';
import { mustStillSend } from '../send/sendCommands';
import type { Settings } from '../settings';
import type { ProcessTree } from '../tree/processTree';
import { ProcessTerminal } from './processTerminal';
import type { TerminalOptions } from './terminalOptions';

/** The terminals of this window: at most one for a row. */
export class Terminals implements vscode.Disposable {
  /** Those that VS Code has opened. */
  private readonly byRow = new Map<Row, ProcessTerminal>();
  private readonly didChangeActive = new vscode.EventEmitter<boolean>();
  private readonly subscriptions: vscode.Disposable[];

  /** Another terminal is the active one, or typed into (true), or its options or its process have changed (false). */
  readonly onDidChangeActive = this.didChangeActive.event;

  constructor(
    private readonly core: NetworkProcesses,
    private readonly tree: ProcessTree,
    private readonly settings: Settings,
    private readonly large: LargeSends,
  ) {
    this.subscriptions = [
      this.didChangeActive,
      tree.onDidChangeRow((change) => this.rowChanged(change)),
      vscode.window.onDidChangeActiveTerminal(() => this.changed(true)),
      vscode.window.onDidOpenTerminal((terminal) => this.appeared(terminal)),
    ];
  }

  /** The one that the user looks at or looked at last, if it is one of ours. */
  active(): ProcessTerminal | undefined {
    const pty = ptyOf(vscode.window.activeTerminal);
    return pty && this.byRow.get(pty.row) === pty ? pty : undefined;
  }

  of(row: Row): ProcessTerminal | undefined {
    return this.byRow.get(row);
  }

  /** Rows that have a terminal. */
  rows(): Row[] {
    return [...this.byRow.keys()];
  }

  /** Shows the terminal of a row, a new one if it has none. */
  show(row: Row): void {
    const terminal = vscode.window.terminals.find((t) => ptyOf(t)?.row === row);
    if (terminal) terminal.show();
    else vscode.window.createTerminal(this.create(row));
  }

  /** A terminal for a row that has none, for VS Code to show. */
  create(row: Row): vscode.ExtensionTerminalOptions {
    const pty = new ProcessTerminal(row, this.optionsFor(row), this.core, this.tree.rows, this.large, {
      opened: () => this.opened(pty),
      typed: () => this.didChangeActive.fire(true),
      closed: () => this.closed(pty),
    });
    return { name: pty.name, pty, iconPath: new vscode.ThemeIcon('plug'), isTransient: true };
  }

  setOptions(terminal: ProcessTerminal, options: TerminalOptions): void {
    terminal.setOptions(options);
    this.didChangeActive.fire(false);
  }

  /** Sends a control character; in the row's terminal, if it has one, it can be seen. */
  async sendControl(row: Row, byte: number): Promise<void> {
    const terminal = this.byRow.get(row);
    if (terminal) return terminal.sendControl(byte);
    if (this.large.refuses(row.process)) return;
    mustStillSend(row.process);
    await this.core.processSendBytes(row.process, Uint8Array.of(byte));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const terminal of vscode.window.terminals) if (ptyOf(terminal)) terminal.dispose();
  }

  private optionsFor({ process }: Row): TerminalOptions {
    const { input, localEcho, whenBehind } = this.settings.terminal;
    return {
      input,
      lineEnding: process.socketType !== 'stream' ? 'none' : this.settings.lineEnding,
      localEcho: input === 'line' && localEcho,
      whenBehind,
      escapes: 'safe',
    };
  }

  private rowChanged({ row, kind }: RowChange): void {
    const terminal = row && this.byRow.get(row);
    if (!terminal || kind === 'traffic') return;
    if (kind === 'removed') terminal.rowRemoved();
    else terminal.update();
    if (terminal === this.active()) this.didChangeActive.fire(false);
  }

  /** VS Code does not always show what its own menu asked for. */
  private appeared(terminal: vscode.Terminal): void {
    if (ptyOf(terminal)) terminal.show();
    this.changed(true);
  }

  private opened(pty: ProcessTerminal): void {
    this.byRow.set(pty.row, pty);
    this.changed(true);
  }

  private closed(pty: ProcessTerminal): void {
    if (this.byRow.get(pty.row) === pty) this.byRow.delete(pty.row);
    this.changed(false);
  }

  private changed(turnedTo: boolean): void {
    void vscode.commands.executeCommand('setContext', contextKeys.hasTerminal, this.byRow.size > 0);
    void vscode.commands.executeCommand('setContext', contextKeys.terminalActive, this.active() !== undefined);
    this.didChangeActive.fire(turnedTo && this.active() !== undefined);
  }
}

/** What stands behind a terminal, if it is one of ours. */
function ptyOf(terminal: vscode.Terminal | undefined): ProcessTerminal | undefined {
  const options = terminal?.creationOptions;
  return options && 'pty' in options && options.pty instanceof ProcessTerminal ? options.pty : undefined;
}
