import type * as vscode from 'vscode';
import type { Place } from './documentText';
import { systemClock, type Clock } from './refreshScheduler';

/** What is asked of an editor: what of it is on screen, and how long its document is. */
export interface Viewed {
  readonly visibleRanges: readonly vscode.Range[];
  readonly selections: readonly Pick<vscode.Selection, 'isEmpty'>[];
  readonly document: Pick<vscode.TextDocument, 'lineCount'> & {
    lineAt(line: number): { readonly text: string };
  };
}

interface Followed {
  /** Not the line alone: wrapped, it may be many rows. */
  readonly top: Place;
  readonly following: boolean;
  /** It was told to show this line at its top, or the end, and has not said so yet. */
  readonly awaited?: { readonly top: number | 'end'; readonly until: number };
}

/** How long an editor may take to scroll where it was told to. */
const patienceMs = 1000;

/**
 * Knows which editors of one document follow its end. An editor follows until its user scrolls up, and again when the
 * end comes into view. The end merely leaving the view because text was added is no scrolling: the editor tells what
 * it shows a while after the fact.
 */
export class TailFollower<Editor extends Viewed> {
  private readonly editors = new WeakMap<Editor, Followed>();

  /**
   * @param last How it was with the editor seen last; a tab that is shown again has a new editor.
   * @param clock Milliseconds.
   */
  constructor(
    private last = true,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Whether an editor that is new would follow. */
  get followsNext(): boolean {
    return this.last;
  }

  /**
   * An editor is visible. A new one may yet move to where its tab was scrolled when it was hidden.
   *
   * @returns Whether it is to be told to show the end.
   */
  appeared(editor: Editor): boolean {
    if (this.editors.has(editor)) return false;
    const top = topOf(editor) ?? start;
    const awaited = this.last ? { top: 'end' as const, until: this.clock.now() + patienceMs } : undefined;
    this.editors.set(editor, { top, following: this.last, ...(awaited && { awaited }) });
    return this.follows(editor);
  }

  /** The visible lines of an editor have changed. */
  scrolled(editor: Editor): void {
    const top = topOf(editor);
    if (top === undefined) return;
    const before = this.editors.get(editor) ?? { top: start, following: this.last };
    if (before.awaited && this.clock.now() < before.awaited.until) {
      // Until it is there, what moves is the text and not the reader.
      const isThere = before.awaited.top === 'end' ? endIsVisible(editor) : top.line === before.awaited.top;
      if (isThere) this.editors.set(editor, { top, following: before.following });
      return;
    }
    const following = endIsVisible(editor) || (before.following && !isBefore(top, before.top));
    this.editors.set(editor, { top, following });
    this.last = following;
  }

  /** Whether the end is to be shown after an update; not while text is selected. */
  follows(editor: Editor): boolean {
    return editor.selections.every((s) => s.isEmpty) && this.intends(editor);
  }

  /** Whether it follows, or would if nothing were selected. */
  intends(editor: Editor): boolean {
    return this.editors.get(editor)?.following ?? this.last;
  }

  /** It is told to show the end. */
  startFollowing(editor: Editor): void {
    const top = topOf(editor) ?? start;
    const isThere = endIsVisible(editor) && (editor.visibleRanges.at(-1)?.end.line ?? 0) < editor.document.lineCount;
    const awaited = isThere ? undefined : { top: 'end' as const, until: this.clock.now() + patienceMs };
    this.editors.set(editor, { top, following: true, ...(awaited && { awaited }) });
    this.last = true;
  }

  /** The text has moved, and the editor is told to show a line at its top. */
  moveTo(editor: Editor, top: number, following = this.intends(editor)): void {
    const place = { line: top, character: 0 };
    this.editors.set(editor, { top: place, following, awaited: { top, until: this.clock.now() + patienceMs } });
  }

  /** The document was closed: whoever opens it again is shown the present. */
  forget(): void {
    this.last = true;
  }
}

const start: Place = { line: 0, character: 0 };

function topOf(editor: Viewed): Place | undefined {
  return editor.visibleRanges[0]?.start;
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** The last line may be an empty one below the last line feed. */
function endIsVisible({ visibleRanges, document }: Viewed): boolean {
  const last = document.lineCount - 1;
  const line = last > 0 && document.lineAt(last).text === '' ? last - 1 : last;
  const end = { line, character: document.lineAt(line).text.length };
  return !isBefore(visibleRanges.at(-1)?.end ?? start, end);
}
