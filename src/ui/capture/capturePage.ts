import type { ByteLogEntry, Capture } from '../../core';

/** Traffic of a page, in bytes; and in entries, since those of datagrams may be small or empty. */
export const pageBytes = 64 * 1024;
export const pageEntries = 2_000;

/** Where a page begins: at an offset, after so many entries there. Only empty datagrams share their offset. */
export interface PageStart {
  readonly offset: number;
  readonly skip: number;
}

/** An entry as far as it is on the page. */
export interface PageEntry extends ByteLogEntry {
  /** It began on a page before. */
  readonly isContinued: boolean;
}

export interface Page {
  readonly entries: readonly PageEntry[];
  readonly start: PageStart;
  /** The offset after its last byte. */
  readonly end: number;
  /** Null when nothing follows now. */
  readonly next: PageStart | null;
}

type Readable = Pick<Capture, 'size' | 'entries'>;

/** Reads a page. Pages end at multiples of `pageBytes`, so that one finds the same ones again. */
export async function readPage(capture: Readable, start: PageStart): Promise<Page> {
  const { size } = capture;
  const end = Math.min(size, gridStart(start.offset) + pageBytes);
  const entries: PageEntry[] = [];
  const isJoined = start.skip === 0 && (await joins(capture, start.offset));
  let passed = 0;
  for await (const entry of capture.entries(start.offset, end)) {
    if (passed++ < start.skip) continue;
    // An empty datagram at the very end belongs to the page that begins there.
    if (entry.bytes.length === 0 && entry.offset === end && end < size) break;
    if (entries.length === pageEntries) {
      const sharing = entries.filter((e) => e.offset === entry.offset).length;
      const skip = sharing + (entry.offset === start.offset ? start.skip : 0);
      return { entries, start, end: entry.offset, next: { offset: entry.offset, skip } };
    }
    entries.push({ ...entry, isContinued: isJoined && entries.length === 0 });
  }
  return { entries, start, end, next: end < size ? { offset: end, skip: 0 } : null };
}

/** The page before. */
export function previousPage({ offset, skip }: PageStart): PageStart {
  const isInside = skip > 0 || offset > gridStart(offset);
  return { offset: isInside ? gridStart(offset) : Math.max(offset - pageBytes, 0), skip: 0 };
}

/** The last page of a capture of that size. */
export function lastPage(size: number): PageStart {
  return { offset: gridStart(Math.max(size - 1, 0)), skip: 0 };
}

/** Whether one entry has the bytes on both sides of an offset. */
async function joins(capture: Readable, offset: number): Promise<boolean> {
  if (offset === 0 || offset >= capture.size) return false;
  for await (const { bytes } of capture.entries(offset - 1, offset + 1)) {
    if (bytes.length > 0) return bytes.length === 2;
  }
  return false;
}

function gridStart(offset: number): number {
  return Math.floor(offset / pageBytes) * pageBytes;
}
