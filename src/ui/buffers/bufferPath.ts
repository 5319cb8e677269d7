/** Paths of process buffers' documents: `/ID/LABEL`, found by the id alone. */
import { showPeerText } from '../peerText';

/**
 * @param id Of the buffer and the window: a tab that a later window restores must not find another buffer.
 * @param label What the tab is called; may come from a peer.
 */
export function bufferPath(id: string, label: string): string {
  // A slash would begin another segment, and a tab shows the last one only; `.` and `..` are no segments at all.
  const segment = showPeerText(label)
    .replaceAll('/', '∕')
    .replaceAll('\\', '⧵')
    .replace(/^\.{1,2}$/, '$& ');
  return `/${id}/${segment || '-'}`;
}

/** The id in a path. */
export function idOfPath(path: string): string {
  return path.split('/')[1] ?? '';
}
