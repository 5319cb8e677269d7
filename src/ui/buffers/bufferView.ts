import * as vscode from 'vscode';
import type { TextBuffer } from '../../core';
import { RefreshScheduler } from './refreshScheduler';
import { renderText } from './renderText';
import { TailFollower } from './tailFollower';
import { TailWindow } from './tailWindow';

/**
 * The open document of one buffer: its text, when it is brought up to date, and which editors follow its end. Nothing
 * is done while no editor shows it.
 */
export class BufferView implements vscode.Disposable {
  private readonly window = new TailWindow();
  private readonly scheduler: RefreshScheduler;
  private readonly follower = new TailFollower<vscode.TextEditor>();
  private readonly subscription: vscode.Disposable;
  private editors: readonly vscode.TextEditor[] = [];
  private shown: string | undefined;
  /** How the editors stood when an update began. */
  private before = new Map<vscode.TextEditor, { lines: number; height: number }>();
  /** Text would be cut from under a reader who scrolled up: the document stays as it is until that changes. */
  private held = false;

  /** @param refresh Makes VS Code ask for the text again. */
  constructor(
    private readonly buffer: TextBuffer,
    readonly uri: vscode.Uri,
    refresh: () => void,
  ) {
    this.scheduler = new RefreshScheduler(refresh, () => this.mayRefresh());
    this.subscription = buffer.onDidChange(() => {
      if (!this.held) this.scheduler.changed();
    });
    this.editorsChanged();
  }

  /** The text of the document now. */
  text(): string {
    const { text, omitted, cut } = this.window.take(this.buffer);
    // The document gets shorter, which scrolls editors up without anybody having done so.
    if (cut) this.following().forEach((e) => this.follower.startFollowing(e));
    const notice = omitted > 0 ? `${vscode.l10n.t('… {0} characters not shown …', omitted.toLocaleString())}\n` : '';
    const shown = notice + renderText(text);
    // VS Code tells of no change where there was none.
    if (shown === this.shown) setImmediate(() => this.scheduler.done());
    this.shown = shown;
    this.before = new Map(this.editors.map((e) => [e, { lines: e.document.lineCount, height: heightOf(e) }]));
    return shown;
  }

  /** The visible editors have changed. */
  editorsChanged(): void {
    const uri = this.uri.toString();
    this.editors = vscode.window.visibleTextEditors.filter((e) => e.document.uri.toString() === uri);
    this.release();
  }

  scrolled(editor: vscode.TextEditor): void {
    this.follower.scrolled(editor);
    this.release();
  }

  selected(): void {
    this.release();
  }

  /** An update has come through. */
  documentChanged(): void {
    for (const editor of this.following()) {
      const { lines, height } = this.before.get(editor) ?? { lines: 0, height: 0 };
      revealEnd(editor, editor.document.lineCount < lines ? height : 0);
    }
    this.scheduler.done();
  }

  /** Brings the end into view and follows it. */
  showEnd(editor: vscode.TextEditor): void {
    this.follower.startFollowing(editor);
    revealEnd(editor, 0);
  }

  dispose(): void {
    this.subscription.dispose();
    this.scheduler.dispose();
  }

  private release(): void {
    this.held = false;
    this.scheduler.poke();
  }

  private mayRefresh(): boolean {
    if (this.editors.length === 0) return false;
    this.held = this.following().length === 0 && this.window.wouldCut(this.buffer);
    return !this.held;
  }

  private following(): vscode.TextEditor[] {
    return this.editors.filter((e) => this.follower.follows(e));
  }
}

/** Lines that fit into an editor for sure. */
function heightOf(editor: vscode.TextEditor): number {
  const visible = editor.visibleRanges;
  return Math.max((visible.at(-1)?.end.line ?? 0) - (visible[0]?.start.line ?? 0) - 2, 0);
}

/** @param above Lines above the end that are to be in view as well: a document that got shorter has scrolled beyond. */
function revealEnd(editor: vscode.TextEditor, above: number): void {
  const last = editor.document.lineCount - 1;
  editor.revealRange(new vscode.Range(Math.max(last - above, 0), 0, last, 0));
}
