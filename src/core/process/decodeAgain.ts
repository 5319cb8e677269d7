import type { ByteLogEntry } from '../api';
import type { Buffer as TextBuffer } from '../buffer/buffer';
import { bytesToText } from '../coding/utf8';
import type { Decoder } from '../coding/decoder';
import { NetworkProcessError } from '../errors';
import type { TrafficLog } from '../log/trafficLog';
import { insertNote } from './defaultFunctions';
import type { Process } from './process';

/**
 * Puts the output of a process into its buffer anew, decoded by another decoder. This program's own lines follow it.
 *
 * @param waiting The newest bytes received, which have not been delivered.
 * @param maxBytes Of the log, that are decoded at most; the oldest are left out.
 * @throws NP_CAPTURE_GONE when the bytes are no longer kept, NP_CAPTURE_FAILED when they can't be read
 */
export async function decodeAgain(
  process: Process,
  buffer: TextBuffer,
  decoder: Decoder,
  waiting: number,
  maxBytes: number,
): Promise<void> {
  const entries = await received(process.byteLog, maxBytes);
  const parts: string[] = [];
  let left = entries.reduce((sum, { bytes }) => sum + bytes.length, 0) - waiting;
  let isOwn = false;
  for (const { bytes, peer, offset } of entries) {
    if (left <= 0) break;
    // What the process before it left unfinished is no part of this one's.
    if (!isOwn && offset >= process.logFrom) parts.push(adapted(buffer, decoder.flush()));
    isOwn = offset >= process.logFrom;
    parts.push(adapted(buffer, decoder.decode(bytes.subarray(0, left))));
    if (peer !== null) parts.push(adapted(buffer, decoder.flush()));
    left -= bytes.length;
  }
  if (process.isClosed) parts.push(adapted(buffer, decoder.flush()));
  // It may have been killed meanwhile.
  if (!buffer.live) return;
  const notes = buffer.notes.map(({ start, end }) => buffer.slice(start, end));
  const text = parts.join('');
  const isOpen = notes.length > 0 && text !== '' && !text.endsWith('\n');
  buffer.replaceAll(isOpen ? `${text}\n` : text);
  process.mark.set(buffer, buffer.size + 1);
  for (const note of notes) insertNote(process, note);
}

function adapted(buffer: TextBuffer, text: string | Uint8Array): string {
  return typeof text === 'string' ? buffer.adapt(text) : bytesToText(text);
}

/** What the log has of the bytes received till now: from disk when all of it is there, else from memory. */
async function received(log: TrafficLog, maxBytes: number): Promise<ByteLogEntry[]> {
  const { size, capture } = log;
  const isMeant = ({ direction, offset }: ByteLogEntry): boolean => direction === 'received' && offset < size;
  if (capture.state !== 'off' && capture.size === size) {
    const found: ByteLogEntry[] = [];
    for await (const entry of capture.entries(Math.max(size - maxBytes, 0), size))
      if (isMeant(entry)) found.push(entry);
    return found;
  }
  if (log.bytesDropped > 0) {
    throw new NetworkProcessError('NP_CAPTURE_GONE', 'error', ['The bytes of the text shown are no longer kept']);
  }
  return log.entries.filter(isMeant);
}
