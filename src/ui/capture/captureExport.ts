import type { ByteLogEntry } from '../../core';
import { showPeerText } from '../peerText';
import { addressText } from '../rows/contactText';
import { hexLines } from './hexDump';

/** Bytes made into text at once; of whole lines of a hex dump. */
const partBytes = 128 * 1024;

/** What a capture is saved as. */
export type ExportFormat = 'received' | 'sent' | 'hex' | 'json';

/**
 * The contents of a file with a capture's traffic, piece by piece.
 *
 * - `received`, `sent`: the bytes of one direction as they went over the wire.
 * - `hex`: for each entry a line `# TIME DIRECTION PEER, N bytes at offset OFFSET` and a hex dump.
 * - `json`: for each entry a line with `offset`, `time` (ISO 8601, UTC), `direction`, `peer` and `base64`.
 *
 * A large entry is several pieces; as JSON, several lines.
 *
 * @param peer The other side of a stream; entries of datagrams have their own.
 * @param signal Ends it early, also while nothing is of that format.
 */
export async function* exportCapture(
  entries: AsyncIterable<ByteLogEntry>,
  format: ExportFormat,
  peer: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    if (signal.aborted) return;
    if (format === 'hex') yield Buffer.from(hexHead(entry, peer));
    else if (format !== 'json' && entry.direction !== format) continue;
    for (const part of partsOf(entry)) {
      if (format === 'hex') yield Buffer.from(hexLines(part.bytes, part.offset));
      else if (format === 'json') yield Buffer.from(`${jsonEntry(part, peer)}\n`);
      else if (part.bytes.length > 0) yield part.bytes;
    }
  }
}

/** An entry in parts short enough to be text at once; an empty one is one part. */
function* partsOf(entry: ByteLogEntry): Generator<ByteLogEntry> {
  const { offset, bytes } = entry;
  let at = 0;
  do {
    yield { ...entry, offset: offset + at, bytes: bytes.subarray(at, at + partBytes) };
    at += partBytes;
  } while (at < bytes.length);
}

/** The other side of an entry, raw. */
export function peerOf(entry: ByteLogEntry, peer: string): string {
  return entry.peer === null ? peer : addressText(entry.peer);
}

function hexHead(entry: ByteLogEntry, peer: string): string {
  const { offset, direction, bytes } = entry;
  const time = new Date(entry.time).toISOString();
  const where = `${direction === 'sent' ? 'to' : 'from'} ${showPeerText(peerOf(entry, peer))}`;
  return `# ${time} ${direction} ${where}, ${bytes.length} bytes at offset ${offset}\n`;
}

function jsonEntry(entry: ByteLogEntry, peer: string): string {
  return JSON.stringify({
    offset: entry.offset,
    time: new Date(entry.time).toISOString(),
    direction: entry.direction,
    peer: peerOf(entry, peer),
    base64: Buffer.from(entry.bytes.buffer, entry.bytes.byteOffset, entry.bytes.length).toString('base64'),
  });
}
