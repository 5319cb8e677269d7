import type { Disposable, NetworkProcess, NetworkProcesses, ProcessChange, TextBuffer } from '../../core';
import { isFinished, Row, traitsOf, type Trait } from './row';

/** What to draw again: a row with its children, or, when null, the top level. */
export interface RowChange {
  readonly row: Row | null;
  /** Counters change all the time and may be drawn later than the rest. A `removed` row is not drawn any more. */
  readonly kind: 'state' | 'traffic' | 'removed';
}

type ModelCore = Pick<NetworkProcesses, 'onDidChangeProcess' | 'onDidKillBuffer' | 'processContact'>;

/** Finished rows kept, newest first; a server may see many clients come and go. */
const finishedLimit = 1000;

/**
 * The rows of the tree: one for each process, from its registration until it is deleted. Servers come first with the
 * clients they accepted below them, then connections, each in the order they came. What a process's event costs does not
 * depend on how many rows there are.
 */
export class RowModel implements Disposable {
  private readonly rowsByProcess = new Map<NetworkProcess, Row>();
  private readonly servers = new Set<Row>();
  private readonly connections = new Set<Row>();
  /** In the order they ended. */
  private readonly finished = new Set<Row>();
  private readonly counts = new Map<Trait, number>();
  /** Rows that wait for the process that reconnecting makes, and the process they had. */
  private readonly reconnecting = new Map<Row, NetworkProcess>();
  private readonly subscriptions: Disposable[];
  private lastId = 0;
  private droppedCount = 0;

  /** @param onDidChange Is told of each change at once; see `RefreshQueue` for fewer. */
  constructor(
    private readonly core: ModelCore,
    private readonly onDidChange: (change: RowChange) => void,
  ) {
    this.subscriptions = [
      core.onDidChangeProcess((change) => this.handleChange(change)),
      core.onDidKillBuffer(() => this.handleKilledBuffer()),
    ];
  }

  /** Rows without a parent, in the order shown. */
  topLevel(): Row[] {
    return [...this.servers, ...this.connections];
  }

  /** Every row, the newest process first. */
  all(): Row[] {
    return [...this.rowsByProcess.values()].sort((a, b) => b.process.id - a.process.id);
  }

  /** How many rows have a trait. */
  count(trait: Trait): number {
    return this.counts.get(trait) ?? 0;
  }

  /** Finished rows that were dropped because newer ones came. */
  get dropped(): number {
    return this.droppedCount;
  }

  rowOf(process: NetworkProcess): Row | undefined {
    return this.rowsByProcess.get(process);
  }

  /** The row that a process buffer stands for: the newest live one of its processes, else the newest. */
  rowOfBuffer(buffer: TextBuffer): Row | undefined {
    let best: Row | undefined;
    for (const row of this.rowsByProcess.values()) {
      if (row.process.buffer === buffer && (!best || rank(row) > rank(best))) best = row;
    }
    return best;
  }

  /** Removes a row whose process has ended; its children move to the top level. Does nothing the second time. */
  remove(row: Row): void {
    if (!this.has(row)) return;
    this.detach(row);
    this.rowsByProcess.delete(row.process);
    this.finished.delete(row);
    this.setTraits(row, new Set());
    for (const child of row.children) {
      child.parent = null;
      this.attach(child);
    }
    row.children.clear();
    this.onDidChange({ row, kind: 'removed' });
  }

  /** Removes the row of a process that has been deleted, and its capture with it. */
  forget(row: Row): void {
    this.remove(row);
    row.process.byteLog.capture.discard();
  }

  /** Counts dropped rows from zero again. */
  forgetDropped(): void {
    this.droppedCount = 0;
    this.onDidChange({ row: null, kind: 'state' });
  }

  /** Whether the row is in the tree still. */
  has(row: Row): boolean {
    return this.rowsByProcess.get(row.process) === row;
  }

  isReconnecting(row: Row): boolean {
    return this.reconnecting.has(row);
  }

  /**
   * Gives a row to the process that `make` makes, from the moment it is registered. When `make` rejects, the row shows
   * its old process again.
   */
  async takeOver(row: Row, make: () => Promise<NetworkProcess>): Promise<NetworkProcess> {
    const former = row.process;
    this.reconnecting.set(row, former);
    try {
      const process = await make();
      this.giveTo(process, row);
      return process;
    } catch (error) {
      this.giveBack(row, former);
      throw error;
    } finally {
      this.reconnecting.delete(row);
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private handleChange({ process, kind }: ProcessChange): void {
    if (kind === 'added') return this.add(process);
    const row = this.rowsByProcess.get(process);
    if (row?.process !== process) return;
    if (kind === 'traffic') return this.onDidChange({ row, kind });
    if (kind === 'removed' && process.times.opened === null && !this.isOld(row)) return this.withdraw(row);
    this.refresh(row);
    if (kind === 'removed' && row.parent) this.onDidChange({ row: row.parent, kind: 'state' });
  }

  /** The killed buffer's processes no longer point to it, so it can't be found through them. */
  private handleKilledBuffer(): void {
    for (const row of this.rowsByProcess.values()) {
      if (row.traits.has('hasBuffer') && !row.process.buffer?.live) this.refresh(row);
    }
  }

  private add(process: NetworkProcess): void {
    const waiting = this.waitingFor(process);
    if (waiting) return this.giveTo(process, waiting);
    const row = new Row(`process-${++this.lastId}`, process);
    this.rowsByProcess.set(process, row);
    row.parent = (process.server && this.rowsByProcess.get(process.server)) ?? null;
    this.attach(row);
    this.refresh(row);
  }

  /**
   * The reconnecting row that a new process is meant for. Its promise tells for certain, but only once connected;
   * until then the buffer's name and the requested name do.
   */
  private waitingFor(process: NetworkProcess): Row | undefined {
    if (process.server) return undefined;
    const nameOf = (p: NetworkProcess): unknown => this.core.processContact(p, 'name');
    for (const [row, former] of this.reconnecting) {
      const unclaimed = row.process === former && this.has(row);
      const sameBuffer = (process.buffer?.name ?? null) === row.bufferName;
      if (unclaimed && sameBuffer && nameOf(former) === nameOf(process)) return row;
    }
    return undefined;
  }

  /** A connection that was never open leaves nothing behind. */
  private withdraw(row: Row): void {
    const former = this.reconnecting.get(row);
    if (former) this.giveBack(row, former);
    else this.remove(row);
  }

  /** Whether the row shows what it showed before it was reconnected. */
  private isOld(row: Row): boolean {
    return this.reconnecting.get(row) === row.process;
  }

  private giveTo(process: NetworkProcess, row: Row): void {
    const current = this.rowsByProcess.get(process);
    if (current === row || !this.has(row)) return;
    if (current) this.remove(current);
    const before = row.process;
    this.bind(process, row);
    // Another process was taken for it.
    const former = this.reconnecting.get(row);
    if (former && before !== former) this.add(before);
  }

  private giveBack(row: Row, former: NetworkProcess): void {
    if (row.process !== former && this.has(row)) this.bind(former, row);
  }

  private bind(process: NetworkProcess, row: Row): void {
    this.rowsByProcess.delete(row.process);
    row.process = process;
    this.rowsByProcess.set(process, row);
    this.refresh(row);
  }

  private attach(row: Row): void {
    this.siblings(row).add(row);
    this.onDidChange({ row: row.parent, kind: 'state' });
  }

  private detach(row: Row): void {
    this.siblings(row).delete(row);
    this.onDidChange({ row: row.parent, kind: 'state' });
  }

  private siblings(row: Row): Set<Row> {
    if (row.parent) return row.parent.children;
    return row.process.isServer ? this.servers : this.connections;
  }

  /** Brings traits, counters and the limit up to date with the row's process. */
  private refresh(row: Row): void {
    this.setTraits(row, traitsOf(row.process));
    row.bufferName = row.process.buffer?.name ?? row.bufferName;
    if (!row.traits.has('finished')) this.finished.delete(row);
    else this.finished.add(row);
    this.onDidChange({ row, kind: 'state' });
    this.dropOldest();
  }

  private setTraits(row: Row, traits: ReadonlySet<Trait>): void {
    for (const trait of row.traits) this.counts.set(trait, this.count(trait) - 1);
    for (const trait of traits) this.counts.set(trait, this.count(trait) + 1);
    row.traits = traits;
  }

  private dropOldest(): void {
    if (this.finished.size <= finishedLimit) return;
    for (const row of this.finished) {
      // A failed one is registered until somebody deletes it, so it has to be seen.
      if (row.process.times.ended === null || !isFinished(row.process) || this.isReconnecting(row)) continue;
      this.droppedCount++;
      return this.forget(row);
    }
  }
}

/** Live before finished, then newer before older. */
function rank(row: Row): number {
  return row.process.id + (row.traits.has('live') ? Number.MAX_SAFE_INTEGER / 2 : 0);
}
