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
 * @param received Bytes of the log that had been delivered.
 * @param maxBytes Of the log, that are decoded at most; the oldest are left out.
 * @throws NP_CAPTURE_GONE when the bytes are no longer kept, NP_CAPTURE_FAILED when they can't be read
 */
export async function decodeAgain(
  process: Process,
  buffer: TextBuffer,
  decoder: Decoder,
  received: number,
  maxBytes: number,
): Promise<void> {
  const parts: string[] = [];
  let left = received;
  const from = Math.max(process.byteLog.size - maxBytes, 0);
  for await (const { direction, bytes, peer } of entriesOf(process.byteLog, from)) {
    if (direction !== 'received' || left <= 0) continue;
    const piece = bytes.subarray(0, left);
    left -= piece.length;
    parts.push(adapted(buffer, decoder.decode(piece)));
    if (peer !== null) parts.push(adapted(buffer, decoder.flush()));
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

/** From disk when all of it is there, else from memory. */
function entriesOf(log: TrafficLog, from: number): AsyncIterable<ByteLogEntry> | readonly ByteLogEntry[] {
  if (log.capture.state !== 'off' && log.capture.size === log.size) return log.capture.entries(from);
  if (log.bytesDropped > 0) {
    throw new NetworkProcessError('NP_CAPTURE_GONE', 'error', ['The bytes of the text shown are no longer kept']);
  }
  return log.entries;
}
