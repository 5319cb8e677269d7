import * as vscode from 'vscode';
import type { Targets } from '../commands/targets';
import { terminalProfile } from '../ids';
import type { OpenCommands } from '../open/openCommands';
import { showPeerText } from '../peerText';
import { Detail } from '../rows/detail';
import { Row } from '../rows/row';
import type { RowModel } from '../rows/rowModel';
import type { Settings } from '../settings';
import { controlCharacters } from './controlCharacters';
import { askOption } from './optionsBox';
import type { ProcessTerminal } from './processTerminal';
import type { Terminals } from './terminals';

/** Opens terminals, also from VS Code's own menu of them, and does what can be done with one. */
export class TerminalCommands implements vscode.TerminalProfileProvider, vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly terminals: Terminals,
    private readonly targets: Targets,
    private readonly rows: RowModel,
    private readonly flow: OpenCommands,
    private readonly settings: Settings,
  ) {
    this.subscription = vscode.window.registerTerminalProfileProvider(terminalProfile, this);
  }

  async open(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'transfers', vscode.l10n.t('Open Terminal'));
    if (row) this.terminals.show(row);
  }

  async options(...args: unknown[]): Promise<void> {
    const terminal = await this.terminalFor(args);
    if (!terminal) return;
    const target = showPeerText(terminal.row.process.name);
    const options = await askOption(target, terminal.options, this.settings.terminal.localEcho);
    if (options) this.terminals.setOptions(terminal, options);
  }

  async sendControl(...args: unknown[]): Promise<void> {
    const active = this.terminals.active()?.row;
    const title = vscode.l10n.t('Send Control Character');
    const row = isTerminalMenu(args) ? active : await this.targets.findOne(args, 'sendable', title, active);
    if (!row) return;
    const items = controlCharacters.map(({ byte, caret, name, meaning }) => ({
      byte,
      label: caret,
      description: `${name} (0x${byte.toString(16).padStart(2, '0')})`,
      detail: meaning,
    }));
    const to = vscode.l10n.t('Send Control Character to {0}', showPeerText(row.process.name));
    const picked = await vscode.window.showQuickPick(items, {
      title: to,
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (picked) await this.terminals.sendControl(row, picked.byte);
  }

  /** For VS Code's own menu of terminals. */
  async provideTerminalProfile(): Promise<vscode.TerminalProfile | undefined> {
    const row = await this.rowForProfile();
    return row && new vscode.TerminalProfile(this.terminals.create(row));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async rowForProfile(): Promise<Row | undefined> {
    const rows = this.rows.all().filter((row) => row.traits.has('transfers') && !this.terminals.of(row));
    if (rows.length > 0) return (await this.targets.chooseAmong(rows, vscode.l10n.t('Open Terminal')))[0];
    const process = await this.flow.openConnection();
    return process && this.rows.rowOf(process);
  }

  private async terminalFor(args: readonly unknown[]): Promise<ProcessTerminal | undefined> {
    const active = this.terminals.active();
    if (active || isTerminalMenu(args)) return active;
    const [row] = await this.targets.chooseAmong(this.terminals.rows(), vscode.l10n.t('Terminal Options'));
    return row && this.terminals.of(row);
  }
}

/** The menus of a terminal pass what only VS Code understands; they open on the active one. */
function isTerminalMenu([first]: readonly unknown[]): boolean {
  return typeof first === 'object' && ![Row, Detail, vscode.Uri].some((known) => first instanceof known);
}
