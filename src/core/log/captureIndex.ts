import type { ByteLogEntry, NetworkAddress } from '../api';
import type { CaptureFile } from './captureFile';

/** One entry as the index has it; `peer` is 0 or one more than where its address begins in the file of peers. */
export interface IndexRecord {
  offset: number;
  length: number;
  readonly time: number;
  readonly direction: ByteLogEntry['direction'];
  readonly peer: number;
}

/**
 * Bytes of a record: offset and time as doubles, length and direction as 32-bit numbers, the peer as a double. All of
 * one size, so that the one for an offset is found by halving.
 */
export const recordBytes = 32;

export function encodeRecord(record: IndexRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes);
  bytes.writeDoubleLE(record.offset, 0);
  bytes.writeDoubleLE(record.time, 8);
  bytes.writeUInt32LE(record.length, 16);
  bytes.writeUInt32LE(record.direction === 'sent' ? 1 : 0, 20);
  bytes.writeDoubleLE(record.peer, 24);
  return bytes;
}

function decodeRecord(bytes: Buffer, at: number): IndexRecord {
  return {
    offset: bytes.readDoubleLE(at),
    time: bytes.readDoubleLE(at + 8),
    length: bytes.readUInt32LE(at + 16),
    direction: bytes.readUInt32LE(at + 20) === 1 ? 'sent' : 'received',
    peer: bytes.readDoubleLE(at + 24),
  };
}

/** Finds and reads records of an index file. */
export class IndexReader {
  constructor(private readonly file: CaptureFile) {}

  /** The number of the first record that begins at or reaches beyond `offset`. */
  async find(offset: number): Promise<number> {
    let low = 0;
    let high = Math.floor(this.file.size / recordBytes);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [record] = await this.read(middle, 1);
      if (!record) break;
      const isBefore = record.length > 0 ? record.offset + record.length <= offset : record.offset < offset;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async read(first: number, count: number): Promise<IndexRecord[]> {
    const bytes = await this.file.read(first * recordBytes, (first + count) * recordBytes);
    const records: IndexRecord[] = [];
    for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) records.push(decodeRecord(bytes, at));
    return records;
  }
}

/** Addresses by text, each written once while it is remembered: a datagram server may hear any number of peers. */
export class PeerTable {
  /** Streams have no need of it. */
  private known: Map<string, number> | null = null;
  private size = 0;

  /** The reference of an address, and the line to write for it when it is new. */
  refer(peer: NetworkAddress | null): { reference: number; line: Buffer | null } {
    if (peer === null) return { reference: 0, line: null };
    const text = JSON.stringify(peer);
    this.known ??= new Map();
    const known = this.known.get(text);
    if (known) return { reference: known, line: null };
    const line = Buffer.from(`${text}\n`);
    const reference = this.size + 1;
    this.size += line.length;
    if (this.known.size >= 1_000) this.known.clear();
    this.known.set(text, reference);
    return { reference, line };
  }

  /** The address of a reference. */
  static async lookUp(reference: number, file: CaptureFile): Promise<NetworkAddress | null> {
    if (reference === 0) return null;
    const bytes = await file.read(reference - 1, reference + 1_023);
    return JSON.parse(bytes.toString('utf8').split('\n')[0]!) as NetworkAddress;
  }
}
