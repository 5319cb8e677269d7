import type * as vscode from 'vscode';

/** What is asked of an editor: what of it is on screen, and how long its document is. */
export interface Viewed {
  readonly visibleRanges: readonly vscode.Range[];
  readonly selection: Pick<vscode.Selection, 'isEmpty'>;
  readonly document: Pick<vscode.TextDocument, 'lineCount'>;
}

/**
 * Knows which editors of one document follow its end. An editor follows until its user scrolls up, and again when the
 * end comes into view. The end merely leaving the view because text was added is no scrolling: the editor tells what
 * it shows a while after the fact.
 */
export class TailFollower<Editor extends Viewed> {
  private readonly editors = new WeakMap<Editor, { top: number; following: boolean }>();
  /** How it was with the editor seen last; a tab that is shown again has a new editor. */
  private last = true;

  /** The visible lines of an editor have changed. */
  scrolled(editor: Editor): void {
    const top = editor.visibleRanges[0]?.start.line;
    if (top === undefined) return;
    const before = this.editors.get(editor) ?? { top: 0, following: this.last };
    const following = endIsVisible(editor) || (before.following && top >= before.top);
    this.editors.set(editor, { top, following });
    this.last = following;
  }

  /** Whether the end is to be shown after an update; not while text is selected. */
  follows(editor: Editor): boolean {
    return editor.selection.isEmpty && (this.editors.get(editor)?.following ?? this.last);
  }

  /** The end was brought into view by us. */
  startFollowing(editor: Editor): void {
    this.editors.set(editor, { top: 0, following: true });
    this.last = true;
  }
}

/** The last line may be an empty one below the last line feed. */
function endIsVisible(editor: Viewed): boolean {
  const end = editor.visibleRanges.at(-1)?.end.line ?? 0;
  return end >= editor.document.lineCount - 2;
}
