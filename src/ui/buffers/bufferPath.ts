/**
 * Paths of process buffers' documents: `/ID.netproc/LABEL`, found by the id alone. The manifest gives paths of that form
 * their language, whatever the label looks like.
 */
import { showPeerText } from '../peerText';

const ending = '.netproc';

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
  return `/${id}${ending}/${segment || '-'}`;
}

/** The id in a path. */
export function idOfPath(path: string): string {
  const [, first = ''] = path.split('/');
  return first.endsWith(ending) ? first.slice(0, -ending.length) : '';
}
