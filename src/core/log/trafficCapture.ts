import type { ByteLogEntry, Capture, NetworkAddress } from '../api';
import { fileError, NetworkProcessError } from '../errors';
import { CaptureFile } from './captureFile';
import { encodeRecord, IndexReader, PeerTable, recordBytes, type IndexRecord } from './captureIndex';
import type { CaptureStore } from './captureStore';

const MiB = 1024 * 1024;

/** Waiting bytes from which they are written at once; fewer wait this long for more. */
const flushBytes = MiB;
const flushMs = 50;
/** What a piece that waits takes besides its bytes, roughly. */
const pieceCost = 256;
/** From here on the socket has to wait for the disk, until a quarter of it waits; less while all captures have much. */
const behindBytes = 16 * MiB;
const crowdedBytes = MiB / 16;
/** What cannot be held back, datagrams, may pile up to this. */
const mostWaiting = 64 * MiB;

/** What of an index or a file is read at once, and the longest record of a stream. */
const recordsAtOnce = 1_024;
const bytesAtOnce = MiB;
/** Addresses remembered while reading. */
const peersKept = 1_000;

const ignore = (): void => undefined;

/** A process's traffic on disk. Bytes wait in memory, briefly, until they are written; order is that of `append`. */
export class TrafficCapture implements Capture {
  private now: Capture['state'] = 'off';
  private begun = false;
  private problem: NetworkProcessError | null = null;
  private accepted = 0;
  private readonly directions = { received: 0, sent: 0 };
  private waiting: Uint8Array[] = [];
  private waitingRecords: IndexRecord[] = [];
  private waitingPeers: Buffer[] = [];
  /** Bytes, and `pieceCost` for each piece. */
  private waitingCost = 0;
  private readonly peers = new PeerTable();
  private files: { bytes: CaptureFile; index: CaptureFile; peers: CaptureFile } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> | null = null;
  private roomWanted: (() => void)[] = [];
  private isBehind = false;
  /** Bytes that it takes of all captures' room. */
  private taken = 0;

  /**
   * Told when the disk falls behind or has caught up, and when capturing has ended. Set by the process that writes.
   */
  onDidChangePace: () => void = ignore;
  onDidEnd: () => void = ignore;

  /** @param name Of the process, for errors. */
  constructor(
    private readonly store: CaptureStore,
    private readonly name: string,
  ) {}

  get state(): Capture['state'] {
    return this.begun || !this.store.isOn ? this.now : 'open';
  }

  get size(): number {
    return this.accepted;
  }

  get bytes(): { received: number; sent: number } {
    return { ...this.directions };
  }

  get error(): NetworkProcessError | null {
    return this.problem;
  }

  /** Whether so much waits for the disk that the socket should. */
  get behind(): boolean {
    return this.isBehind;
  }

  append(entry: ByteLogEntry): void {
    if (!this.begun) this.begin();
    if (this.now !== 'open') return;
    if (entry.peer && this.waitingCost > mostWaiting) return this.end('failed', () => this.tooSlow());
    const room = this.store.limit - this.accepted;
    // The limit may have been lowered.
    if (room < 0) return this.end('full', () => this.full(this.store.limit, 'a capture'));
    const { reference, line } = this.peers.refer(entry.peer);
    const bytes = entry.bytes.length <= room ? entry.bytes : entry.bytes.subarray(0, Math.max(room, 0));
    if (bytes.length > 0 || room >= entry.bytes.length) {
      const records = this.recordsFor(entry, bytes, reference);
      const cost = bytes.length + records.length * recordBytes + (line?.length ?? 0);
      if (!this.store.take(this, cost)) {
        return this.end('full', () => this.full(this.store.totalLimit, 'all captures'));
      }
      this.taken += cost;
      this.queue(entry.direction, bytes, records, line);
    }
    if (bytes.length < entry.bytes.length) this.end('full', () => this.full(this.store.limit, 'a capture'));
  }

  /** Calls back when there is room for more, in the order asked. */
  whenRoom(callback: () => void): void {
    if (this.isBehind) this.roomWanted.push(callback);
    else callback();
  }

  read(start: number, end: number): Promise<Uint8Array> {
    return this.reading(({ bytes }) => bytes.read(Math.max(start, 0), Math.min(end, this.accepted)));
  }

  async *entries(start = 0, end = Infinity): AsyncIterable<ByteLogEntry> {
    const last = Math.min(end, this.accepted);
    const peers = new Map<number, NetworkAddress | null>();
    let number = await this.reading(({ index }) => new IndexReader(index).find(start));
    for (;;) {
      const records = await this.reading(({ index }) => new IndexReader(index).read(number, recordsAtOnce));
      const wanted = records.filter((r) => r.offset < last || (r.length === 0 && r.offset === last));
      if (peers.size > peersKept) peers.clear();
      for (const group of groups(wanted)) yield* await this.entriesOf(group, peers, start, last);
      if (wanted.length < recordsAtOnce) return;
      number += recordsAtOnce;
    }
  }

  discard(): void {
    if (this.now === 'discarded') return;
    this.begun = true;
    const { files } = this;
    this.end('discarded', () => null);
    this.store.forget(this, this.taken);
    this.taken = 0;
    this.accepted = 0;
    Object.assign(this.directions, { received: 0, sent: 0 });
    this.files = null;
    if (!files) return;
    const remove = (): void => Object.values(files).forEach((file) => void file.remove());
    if (this.flushing) void this.flushing.then(remove);
    else remove();
  }

  /** Writes what waits. Its process has ended, or somebody wants to read. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.flushing ??= this.write().finally(() => {
      this.flushing = null;
      if (this.waitingRecords.length) this.schedule();
    });
    return this.flushing;
  }

  /** Bytes of all captures' room that it takes. */
  get room(): number {
    return this.taken;
  }

  /** A process goes on with it. */
  goesOn(): void {
    this.store.resumed(this);
  }

  /** Its process has ended: from now on it may have to make room for others. */
  processEnded(): void {
    if (this.taken > 0) this.store.finished(this);
    if (this.waitingRecords.length) void this.flush();
  }

  private begin(): void {
    this.begun = true;
    if (!this.store.isOn) return;
    this.now = 'open';
    const path = this.store.newPath();
    const file = (end: string): CaptureFile => new CaptureFile(`${path}.${end}`);
    this.files = { bytes: file('bytes'), index: file('index'), peers: file('peers') };
  }

  /** The records that an entry needs besides the last one, which may go on. */
  private recordsFor(entry: ByteLogEntry, bytes: Uint8Array, peer: number): IndexRecord[] {
    const { time, direction } = entry;
    const last = this.waitingRecords.at(-1);
    // Where a stream was cut into pieces means nothing; a datagram's ends do.
    const goesOn = last && last.time === time && last.direction === direction && !peer && !last.peer;
    if (goesOn && last.length + bytes.length <= bytesAtOnce) return [];
    const records: IndexRecord[] = [];
    for (let at = 0; at < bytes.length || records.length === 0; at += bytesAtOnce) {
      const length = Math.min(bytes.length - at, bytesAtOnce);
      records.push({ offset: this.accepted + at, length, time, direction, peer });
    }
    return records;
  }

  private queue(
    direction: ByteLogEntry['direction'],
    bytes: Uint8Array,
    records: readonly IndexRecord[],
    line: Buffer | null,
  ): void {
    if (records.length === 0) this.waitingRecords.at(-1)!.length += bytes.length;
    this.waitingRecords.push(...records);
    if (line) this.waitingPeers.push(line);
    this.waiting.push(bytes);
    this.wait(bytes.length + pieceCost);
    this.accepted += bytes.length;
    this.directions[direction] += bytes.length;
    this.pace();
    this.schedule();
  }

  private wait(cost: number): void {
    this.waitingCost += cost;
    this.store.waiting += cost;
  }

  private schedule(): void {
    if (this.flushing || (this.timer && this.waitingCost < flushBytes)) return;
    if (this.waitingCost >= flushBytes) void this.flush();
    else {
      this.timer = setTimeout(() => void this.flush(), flushMs);
      this.timer.unref();
    }
  }

  private async write(): Promise<void> {
    const { waiting, waitingRecords, waitingPeers, files } = this;
    if (waitingRecords.length === 0 || !files) return;
    this.waiting = [];
    this.waitingRecords = [];
    this.waitingPeers = [];
    const cost = waiting.reduce((sum, chunk) => sum + chunk.length + pieceCost, 0);
    try {
      await this.store.writing(async () => {
        await files.peers.append(waitingPeers);
        await files.bytes.append(waiting);
        await files.index.append(waitingRecords.map(encodeRecord));
      });
      // Capturing may have ended meanwhile, and nothing waits then.
      this.wait(-Math.min(cost, this.waitingCost));
    } catch (error) {
      if (this.now === 'discarded') return;
      this.lose(waitingRecords);
      // Told already.
      if (this.now === 'failed') return;
      this.end('failed', () => this.failed(error));
    }
    this.pace();
  }

  private pace(): void {
    const most = this.store.isCrowded ? crowdedBytes : behindBytes;
    const isBehind = this.waitingCost > (this.isBehind ? most / 4 : most);
    if (isBehind === this.isBehind) return;
    this.isBehind = isBehind;
    if (!isBehind) for (const callback of this.roomWanted.splice(0)) callback();
    this.onDidChangePace();
  }

  /** @param error Why; asked when it is clear how much of it there is. */
  private end(state: 'full' | 'failed' | 'discarded', error: () => NetworkProcessError | null): void {
    this.now = state;
    if (state !== 'full') {
      this.lose(this.waitingRecords);
      this.waiting = [];
      this.waitingRecords = [];
      this.waitingPeers = [];
      this.wait(-this.waitingCost);
      this.pace();
    }
    this.problem = error();
    this.onDidEnd();
  }

  /** The last records did not get there. */
  private lose(records: readonly IndexRecord[]): void {
    this.accepted = Math.min(this.accepted, records[0]?.offset ?? Infinity);
    for (const { direction, length } of records) this.directions[direction] -= length;
  }

  private full(limit: number, of: string): NetworkProcessError {
    const text = `Capture of ${this.name} stopped after ${this.accepted} bytes: the limit of ${of} is ${limit} bytes`;
    return new NetworkProcessError('NP_CAPTURE_FULL', 'error', [text]);
  }

  private tooSlow(): NetworkProcessError {
    const text = `Capture of ${this.name} stopped after ${this.accepted} bytes: the disk is too slow`;
    const hint = `More than ${mostWaiting} bytes waited for it. The traffic itself goes on.`;
    return new NetworkProcessError('NP_CAPTURE_FAILED', 'file-error', [text], null, { hint });
  }

  private failed(cause: unknown): NetworkProcessError {
    return fileError('capture', cause, `${this.name}, after ${this.accepted} bytes`);
  }

  private async reading<T>(read: (files: NonNullable<TrafficCapture['files']>) => Promise<T>): Promise<T> {
    // What is there now: it is in the batch under way or in the next. In a flood there is always one more.
    await this.flushing;
    await this.flush();
    if (!this.files) {
      throw new NetworkProcessError('NP_CAPTURE_GONE', 'error', [`There is no capture of ${this.name}`]);
    }
    try {
      return await read(this.files);
    } catch (error) {
      throw fileError('capture', error, this.name);
    }
  }

  private async entriesOf(
    records: readonly IndexRecord[],
    peers: Map<number, NetworkAddress | null>,
    start: number,
    end: number,
  ): Promise<ByteLogEntry[]> {
    const base = Math.max(records[0]!.offset, start);
    const bytes = await this.read(base, Math.min(endOf(records.at(-1)!), end));
    const entries: ByteLogEntry[] = [];
    for (const { peer, ...record } of records) {
      if (!peers.has(peer)) peers.set(peer, await this.reading((files) => PeerTable.lookUp(peer, files.peers)));
      const from = Math.max(record.offset, start);
      const to = Math.min(endOf(record), end);
      if (to <= from && record.length > 0) continue;
      entries.push({
        offset: from,
        time: record.time,
        direction: record.direction,
        peer: peers.get(peer)!,
        bytes: bytes.subarray(from - base, to - base),
      });
    }
    return entries;
  }
}

function endOf(record: Pick<IndexRecord, 'offset' | 'length'>): number {
  return record.offset + record.length;
}

/** Records in groups of a size that can be read at once. */
function* groups(records: readonly IndexRecord[]): Iterable<IndexRecord[]> {
  let group: IndexRecord[] = [];
  for (const record of records) {
    if (group.length > 0 && endOf(record) - group[0]!.offset > bytesAtOnce) {
      yield group;
      group = [];
    }
    group.push(record);
  }
  if (group.length > 0) yield group;
}
