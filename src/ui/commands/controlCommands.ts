import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses, NetworkProcessSpec } from '../../core';
import { showFailure } from '../errors';
import { whileConnecting } from '../open/connecting';
import type { StreamOpenings } from '../open/streamOpenings';
import { showPeerText } from '../peerText';
import { contactText } from '../rows/contactText';
import type { Row } from '../rows/row';
import type { RowModel } from '../rows/rowModel';
import { forAll } from './forAll';
import type { KillQuestion } from './killQuestion';
import { reconnectSpec } from './reconnectSpec';
import type { Targets } from './targets';

/** Stops, continues, deletes and reconnects processes. */
export class ControlCommands implements vscode.Disposable {
  private readonly disposal = new AbortController();

  constructor(
    private readonly core: NetworkProcesses,
    private readonly streams: StreamOpenings,
    private readonly rows: RowModel,
    private readonly targets: Targets,
    private readonly question: KillQuestion,
    private readonly onDidReconnect: (process: NetworkProcess) => void,
  ) {}

  async stop(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'stoppable', vscode.l10n.t('Stop'));
    await forAll(rows, (row) => this.core.stopProcess(row.process));
  }

  async continue(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'stopped', vscode.l10n.t('Continue'));
    await forAll(rows, (row) => this.core.continueProcess(row.process));
  }

  /** Ends live processes at once, having asked; the rows go. */
  async delete(...args: unknown[]): Promise<void> {
    await this.deleteRows(await this.targets.find(args, null, vscode.l10n.t('Delete')));
  }

  async deleteAll(): Promise<void> {
    if (await this.deleteRows(this.rows.all())) this.rows.forgetDropped();
  }

  /** Turns the query flag of each over. */
  async toggleQuery(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'live', vscode.l10n.t('Toggle Query Before Kill'));
    for (const { process } of rows) {
      this.core.setProcessQueryOnExitFlag(process, !this.core.processQueryOnExitFlag(process));
    }
  }

  async deleteAllFinished(): Promise<void> {
    const finished = this.rows.all().filter((row) => row.traits.has('finished'));
    await forAll(finished, (row) => this.deleteRow(row));
    this.rows.forgetDropped();
  }

  async copyContact(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, null, vscode.l10n.t('Copy Contact'));
    if (rows.length === 0) return;
    // A peer chooses its own path; what is pasted must not be more lines than rows.
    const contacts = rows.map((row) => contactText(row.process, this.core).replace(/[\x00-\x1f\x7f]/g, ''));
    await vscode.env.clipboard.writeText(contacts.join('\n'));
    vscode.window.setStatusBarMessage(vscode.l10n.t('Contact copied'), 3000);
  }

  async reconnect(...args: unknown[]): Promise<void> {
    const rows = await this.targets.find(args, 'reconnectable', vscode.l10n.t('Reconnect'));
    await forAll(rows, (row) => this.reconnectRow(row));
  }

  /** Ends reconnecting that is under way. */
  dispose(): void {
    this.disposal.abort();
  }

  private async deleteRows(rows: readonly Row[]): Promise<boolean> {
    const meant = rows.map((row) => ({ row, process: row.process }));
    if (!(await this.question.mayDelete(meant.map(({ process }) => process)))) return false;
    // While the question was open, rows may have gone, or passed to processes that nobody was asked about.
    const left = meant.filter(({ row, process }) => this.rows.has(row) && row.process === process);
    await forAll(left, ({ row }) => this.deleteRow(row));
    return true;
  }

  private deleteRow(row: Row): void {
    this.core.deleteProcess(row.process);
    this.rows.forget(row);
  }

  private async reconnectRow(row: Row): Promise<void> {
    // The second click while the first is under way.
    if (this.rows.isReconnecting(row)) return;
    if (row.process.isNegotiated && !this.streams.of(row.process)) {
      // Its contact alone would make a connection in clear of one that was encrypted.
      const name = showPeerText(row.process.name);
      showFailure(vscode.l10n.t('{0} can’t be made from its contact again: open it anew.', name));
      return;
    }
    const spec = reconnectSpec(row, this.core);
    const title = vscode.l10n.t('Reconnecting {0}', showPeerText(row.process.name));
    const takeOver = (signal: AbortSignal): Promise<NetworkProcess> =>
      this.rows.takeOver(row, () => this.makeAgain(row.process, spec, signal));
    this.onDidReconnect(await whileConnecting(title, this.disposal.signal, takeOver));
  }

  private async makeAgain(old: NetworkProcess, spec: NetworkProcessSpec, signal: AbortSignal): Promise<NetworkProcess> {
    // A failed one still has its name.
    this.core.deleteProcess(old);
    const process = await this.openAgain(old, spec, signal);
    // A capture that stopped does not go on, and no row leads to it any more.
    if (process.byteLog !== old.byteLog) old.byteLog.capture.discard();
    return process;
  }

  private async openAgain(old: NetworkProcess, spec: NetworkProcessSpec, signal: AbortSignal): Promise<NetworkProcess> {
    const options = { signal, continues: old };
    const opening = this.streams.again(old);
    if (!opening) {
      const made = await this.core.makeNetworkProcess(spec, options);
      if (!made) throw new Error('makeNetworkProcess was given no keyword');
      return made;
    }
    // The contact of a shell connection has no name.
    const name = typeof spec.name === 'string' ? spec.name : old.name;
    const { buffer = null, filter = null, sentinel = null, plist = null, noquery } = spec;
    const process = await this.streams.open(name, buffer, opening, options);
    // Before more is read than the negotiation: these are keywords of makeNetworkProcess only.
    this.core.setProcessFilter(process, filter);
    this.core.setProcessSentinel(process, sentinel);
    this.core.setProcessPlist(process, plist);
    this.core.setProcessQueryOnExitFlag(process, !noquery);
    return process;
  }
}
