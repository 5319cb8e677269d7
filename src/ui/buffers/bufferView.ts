import * as vscode from 'vscode';
import type { TextBuffer } from '../../core';
import type { BufferSources } from './bufferSources';
import { DocumentText } from './documentText';
import { MovedPlaces, unitsBetween, type Placed, type Reader } from './movedPlaces';
import { headline, type Headline } from './notices';
import { RefreshScheduler, systemClock } from './refreshScheduler';
import { TailFollower } from './tailFollower';
import { TailWindow, unitsAt } from './tailWindow';
import { bytesOf, changeBetween, type TextChange, type TextEdit } from './textChange';

/** Who has a view, and does for it what concerns more than one. */
export interface ViewHost {
  readonly sources: BufferSources;
  /** Makes VS Code ask for the text again. */
  refresh(view: BufferView): void;
  /** What `state` says has changed, or the number of bytes that came. */
  stateChanged(view: BufferView): void;
  /** The document was given so much text that it should be replaced by another. Told once. */
  outgrew(view: BufferView): void;
}

/** How a document stands to its buffer. */
export interface ViewState {
  /**
   * Whether the active editor follows the end, or, when it shows something else, any. When none does, because each was
   * scrolled up or has text selected, the document does not change.
   */
  readonly following: boolean;
  /**
   * Bytes received by the buffer's processes since the document was brought up to date, or since it was frozen when it
   * had everything.
   */
  readonly newBytes: number;
  /** Characters of the buffer before the ones shown. */
  readonly trimmed: number;
}

/** One text of the document and where it is from. */
interface Snapshot extends Placed {
  readonly head: Headline | undefined;
  readonly received: number;
}

/** A text on its way, and how things stood when it was sent. */
interface Coming {
  readonly snapshot: Snapshot;
  readonly change: TextChange;
  readonly lines: number;
  readonly readers: Map<vscode.TextEditor, Reader>;
  /** VS Code is given all of it, and not edits. */
  isWhole: boolean;
  /** Milliseconds; when it was sent last. */
  sent: number;
}

/** A text that is not there so long after it was sent is sent again. */
const lostMs = 10_000;

/** How often the number of new bytes is told. */
const tellMs = 250;

/**
 * The open document of one buffer: its text, when it is brought up to date, and which editors follow its end. Nothing
 * is done while no visible editor follows.
 */
export class BufferView implements vscode.Disposable {
  private readonly window: TailWindow;
  private readonly scheduler: RefreshScheduler;
  private readonly follower: TailFollower<vscode.TextEditor>;
  private readonly subscription: vscode.Disposable;
  private editors: readonly vscode.TextEditor[] = [];
  /** What the document has. */
  private applied: Snapshot | undefined;
  /** What it is being given. */
  private coming: Coming | undefined;
  private wasFollowing = true;
  private given = 0;
  private outgrown = false;
  private disposed = false;
  private cancelTelling: (() => void) | undefined;

  /**
   * @param budget Bytes of the window's memory that a document may take.
   * @param former The document that this one replaces: it begins with the same text.
   */
  constructor(
    readonly buffer: TextBuffer,
    readonly uri: vscode.Uri,
    private readonly host: ViewHost,
    private readonly budget: number,
    former?: BufferView,
  ) {
    this.window = former?.window ?? new TailWindow();
    this.follower = new TailFollower(former?.follower.followsNext);
    // Not at once: who writes into the buffer lists it among the notes only then.
    this.scheduler = new RefreshScheduler(
      (atRest) => setImmediate(() => this.update(atRest)),
      () => this.following,
    );
    this.subscription = buffer.onDidChange(() => this.bufferChanged());
    this.editorsChanged();
  }

  /** The text of the document, when VS Code asks for it. */
  text(): string {
    if (this.coming) return this.coming.snapshot.text.shown;
    // It is being opened.
    this.applied = this.compose(false);
    this.given += bytesOf(this.applied.text.shown);
    return this.applied.text.shown;
  }

  get state(): ViewState {
    const active = this.editors.find((e) => e === vscode.window.activeTextEditor);
    return {
      following: active ? this.follower.follows(active) : this.following || this.editors.length === 0,
      newBytes: this.applied ? this.host.sources.received(this.buffer) - this.applied.received : 0,
      trimmed: this.applied?.part.start ?? 0,
    };
  }

  /** The part of the first line that leads to the capture. */
  get captureLink(): vscode.Range | undefined {
    const { head, text } = this.applied ?? {};
    if (!head?.link || !text) return undefined;
    const start = text.shown.indexOf(head.line);
    return new vscode.Range(0, start + head.link.start, 0, start + head.link.end);
  }

  /** The buffer's text behind a part of the document; undefined when the document is not as it was given. */
  sourceOf(document: vscode.TextDocument, range: vscode.Range): string | undefined {
    const shown = textOf(document);
    const snapshot = [this.coming?.snapshot, this.applied].find((s) => s?.text.shown === shown);
    return snapshot?.text.textBetween(snapshot.text.offsetAt(range.start), snapshot.text.offsetAt(range.end));
  }

  /** The visible editors have changed. */
  editorsChanged(): void {
    const uri = this.uri.toString();
    this.editors = vscode.window.visibleTextEditors.filter((e) => e.document.uri.toString() === uri);
    for (const editor of this.editors) if (this.follower.appeared(editor)) revealEnd(editor, 0);
    this.readersChanged();
  }

  scrolled(editor: vscode.TextEditor): void {
    this.follower.scrolled(editor);
    this.readersChanged();
  }

  /** @param byUser And not by a change of the text. */
  selected(editor: vscode.TextEditor, byUser: boolean): void {
    if (byUser) this.coming?.readers.set(editor, readerOf(editor));
    this.readersChanged();
  }

  /** What is shown between the buffer's text has changed. */
  noteChanged(): void {
    this.scheduler.changed();
  }

  /** The last tab was closed. */
  closed(): void {
    this.follower.forget();
  }

  /** The document's text has changed. */
  documentChanged(): void {
    const { coming, applied } = this;
    if (!coming) return;
    this.coming = undefined;
    this.applied = coming.snapshot;
    for (const editor of this.editors) {
      const reader = coming.readers.get(editor) ?? readerOf(editor);
      if (this.follower.follows(editor)) this.keepAtEnd(editor, coming.lines);
      else if (applied && (coming.isWhole || coming.change.headChanged)) {
        const places = new MovedPlaces(applied, coming.snapshot);
        // Edits move what is selected by themselves.
        if (coming.isWhole) places.select(editor, reader);
        if (coming.change.headChanged) this.showAtTop(editor, places.top(reader));
      }
    }
    this.scheduler.done(coming.change.isOther);
    this.host.stateChanged(this);
    this.count(coming.change.cost);
  }

  /** Brings the end into view, with nothing selected, and follows it. */
  follow(editor: vscode.TextEditor): void {
    const end = editor.document.positionAt(Infinity);
    if (editor.selections.some((s) => !s.isEmpty)) editor.selection = new vscode.Selection(end, end);
    this.follower.startFollowing(editor);
    revealEnd(editor, 0);
    this.readersChanged();
  }

  /** An editor of this document stands in for one of a former document: it shows and selects the same. */
  takeOver(editor: vscode.TextEditor, from: vscode.TextEditor, former: BufferView): void {
    const [before, after] = [former.applied, this.applied];
    if (former.follower.follows(from)) this.follow(editor);
    else if (before && after) {
      const places = new MovedPlaces(before, after);
      places.select(editor, readerOf(from));
      this.showAtTop(editor, places.top(readerOf(from)), former.follower.intends(from));
    }
    this.readersChanged();
  }

  dispose(): void {
    this.disposed = true;
    this.subscription.dispose();
    this.scheduler.dispose();
    this.cancelTelling?.();
  }

  private get following(): boolean {
    return this.editors.some((e) => this.follower.follows(e));
  }

  /** With every piece that comes: no search here. */
  private bufferChanged(): void {
    this.scheduler.changed();
    if (!this.wasFollowing) this.tellSoon();
  }

  private readersChanged(): void {
    this.scheduler.poke();
    const { following } = this.state;
    if (following === this.wasFollowing) return;
    this.wasFollowing = following;
    if (!following) this.countFromNow();
    this.host.stateChanged(this);
  }

  /** When all of the buffer is shown, what came so far is not new: a filter has kept what is not in it. */
  private countFromNow(): void {
    const { applied, buffer } = this;
    if (!applied || applied.part.start + applied.part.characters < buffer.trimmed + buffer.size) return;
    if (this.host.sources.holdsBack(buffer)) return;
    this.applied = { ...applied, received: this.host.sources.received(buffer) };
  }

  private tellSoon(): void {
    this.cancelTelling ??= systemClock.after(tellMs, () => {
      this.cancelTelling = undefined;
      this.host.stateChanged(this);
    });
  }

  private update(atRest: boolean): void {
    const { applied } = this;
    if (this.disposed) return;
    // Edits for the text of now would miss the one that is still on its way.
    if (this.coming) return this.waitFor(this.coming);
    if (atRest && !this.window.canWiden) return this.finish();
    const snapshot = this.compose(atRest);
    if (!applied) return this.finish();
    if (snapshot.text.shown === applied.text.shown) {
      this.applied = snapshot;
      return this.finish();
    }
    const change = changeBetween(applied.text, snapshot.text, unitsBetween(applied.part, snapshot.part));
    const { document } = this;
    const readers = new Map(this.editors.map((e) => [e, readerOf(e)]));
    const edits = document && textOf(document) === applied.text.shown ? change.edits : null;
    const sent = systemClock.now();
    this.coming = { snapshot, change, lines: document?.lineCount ?? 0, readers, isWhole: !edits, sent };
    if (edits) void this.edit(applied.text, edits);
    else this.host.refresh(this);
  }

  /** VS Code has not come as far as the text that it was sent. */
  private waitFor(coming: Coming): void {
    const { document } = this;
    // What was to be shown now still is.
    this.scheduler.changed();
    if (document && textOf(document) === coming.snapshot.text.shown) return this.documentChanged();
    if (systemClock.now() - coming.sent > lostMs) {
      coming.isWhole = true;
      coming.sent = systemClock.now();
      this.host.refresh(this);
    }
    this.finish();
  }

  private get document(): vscode.TextDocument | undefined {
    const uri = this.uri.toString();
    return vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri);
  }

  /** VS Code tells of no change where there is none. */
  private finish(): void {
    setImmediate(() => this.scheduler.done());
  }

  private async edit(before: DocumentText, edits: readonly TextEdit[]): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    const position = (offset: number): vscode.Position => {
      const { line, character } = before.placeAt(offset);
      return new vscode.Position(line, character);
    };
    for (const { start, end, text } of edits) {
      edit.replace(this.uri, new vscode.Range(position(start), position(end)), text);
    }
    const { coming } = this;
    const isDone = await vscode.workspace.applyEdit(edit).then(undefined, () => false);
    if (isDone || !coming || this.coming !== coming) return;
    coming.isWhole = true;
    this.host.refresh(this);
  }

  private compose(atRest: boolean): Snapshot {
    const { buffer } = this;
    const part = this.window.take(buffer, systemClock.now(), atRest);
    const first = part.start - buffer.trimmed + 1;
    const places = (positions: readonly number[]): number[] =>
      unitsAt(part.text, part.characters, positions.map((p) => Math.max(p - first, 0))); // prettier-ignore
    const seen = buffer.notes.filter((n) => n.end > first);
    const ends = places(seen.flatMap((n) => [n.start, n.end]));
    const notes = seen.map((_, i) => ({ start: ends[2 * i]!, end: ends[2 * i + 1]! }));
    const stops = [...this.host.sources.stopsIn(buffer)].sort((a, b) => a.at - b.at);
    const above = stops.filter((s) => s.at < part.start).slice(-1);
    const inside = stops.filter((s) => s.at >= part.start);
    const units = places(inside.map((s) => s.at - part.start + first));
    const head = part.start > 0 ? headline(part.start, this.host.sources.captureOf(buffer)) : undefined;
    const lines = [
      ...[...(head ? [head] : []), ...above].map(({ line }) => ({ at: 0, line })),
      ...inside.map(({ line }, i) => ({ at: units[i]!, line })),
    ];
    const received = this.host.sources.received(buffer);
    return { text: new DocumentText({ text: part.text, notes, lines }), part, head, received };
  }

  private keepAtEnd(editor: vscode.TextEditor, linesBefore: number): void {
    const isShorter = editor.document.lineCount < linesBefore;
    // A document that gets shorter scrolls its editors up without anybody having done so.
    if (isShorter) this.follower.startFollowing(editor);
    revealEnd(editor, isShorter ? heightOf(editor) : 0);
  }

  private showAtTop(editor: vscode.TextEditor, top: vscode.Position, following?: boolean): void {
    this.follower.moveTo(editor, top.line, following);
    editor.revealRange(new vscode.Range(top, top), vscode.TextEditorRevealType.AtTop);
  }

  private count(cost: number): void {
    this.given += cost;
    if (this.given < this.budget || this.outgrown) return;
    this.outgrown = true;
    this.host.outgrew(this);
  }
}

function readerOf(editor: vscode.TextEditor): Reader {
  return { top: editor.visibleRanges[0]?.start.line ?? 0, selections: editor.selections };
}

/** A document's text with the line ends that we give it: a new one may have the system's. */
function textOf(document: vscode.TextDocument): string {
  const text = document.getText();
  return document.eol === vscode.EndOfLine.LF ? text : text.replaceAll('\r\n', '\n');
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
