import type { Capture, NetworkProcess } from '../../core';
import { showPeerText } from '../peerText';
import { formatBytes, formatCount, formatTime } from '../rows/amounts';
import type { Translate } from '../translate';
import type { Page, PageEntry } from './capturePage';
import { peerOf } from './captureExport';
import { hexLines } from './hexDump';

/** What a capture's state is, in words; on one line, harmless to show. */
export function captureState(process: NetworkProcess, t: Translate): string {
  if (process.isServer && !process.isDatagram) return t('that of its clients');
  const { capture } = process.byteLog;
  const size = formatBytes(capture.size);
  switch (capture.state) {
    case 'off':
      return t('off');
    case 'open':
      return capture.size > 0 ? size : t('nothing yet');
    case 'full':
      return t('{0}, stopped: full', size);
    case 'failed':
      return t('{0}, stopped: {1}', size, reason(capture));
    case 'discarded':
      return t('removed');
  }
}

/** Why it has ended before its process, with what to do; empty when it has not. */
export function captureEnd(capture: Capture, t: Translate): string {
  if (capture.state !== 'full' && capture.state !== 'failed') return '';
  return t('Captured no further than this: {0}', reason(capture));
}

function reason({ error }: Capture): string {
  return showPeerText(error?.message ?? '');
}

/** A page as text: what it is, then for each entry a head and its bytes. */
export function pageText(page: Page, capture: Capture, peer: string, t: Translate): string {
  const { start, end, next } = page;
  const size = formatCount(capture.size);
  const range =
    capture.size === 0
      ? t('Nothing was captured yet')
      : t('Offsets {0} to {1} of {2} bytes', formatCount(start.offset), formatCount(Math.max(end - 1, 0)), size);
  const entries = page.entries.map((entry) => entryHead(entry, peer, t) + hexLines(entry.bytes, entry.offset));
  const after = next ? t('… continued on the next page') : captureEnd(capture, t) || t('End of what is captured now');
  return `${range}\n\n${entries.join('\n')}\n${after}\n`;
}

function entryHead(entry: PageEntry, peer: string, t: Translate): string {
  const milliseconds = String(entry.time % 1000).padStart(3, '0');
  const time = `${formatTime(entry.time)}.${milliseconds}`;
  const other = showPeerText(peerOf(entry, peer));
  const count = formatCount(entry.bytes.length);
  const offset = formatCount(entry.offset);
  const head =
    entry.direction === 'sent'
      ? t('{0} sent to {1}: {2} bytes at offset {3}', time, other, count, offset)
      : t('{0} received from {1}: {2} bytes at offset {3}', time, other, count, offset);
  return `${entry.isContinued ? t('(continued) {0}', head) : head}\n`;
}

/**
 * An offset as typed: decimal, hexadecimal with `0x`, or a share such as `50%`. Undefined when it is none of these or
 * beyond `size`.
 */
export function parseOffset(typed: string, size: number): number | undefined {
  const text = typed.trim().replaceAll(',', '');
  const share = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  const last = Math.max(size - 1, 0);
  if (share !== undefined)
    return Number(share) <= 100 ? Math.min(Math.floor((size * Number(share)) / 100), last) : undefined;
  if (!/^(\d+|0x[0-9a-f]+)$/i.test(text)) return undefined;
  const offset = Number(text);
  return offset <= last ? offset : undefined;
}
