import * as vscode from 'vscode';
import type { DocumentText, Place } from './documentText';
import { unitsAt, type Shown } from './tailWindow';

/** A text of a document, and the part of the buffer that it is made from. */
export interface Placed {
  readonly text: DocumentText;
  readonly part: Shown;
}

/** What an editor shows and has selected. */
export interface Reader {
  readonly top: number;
  readonly selections: readonly vscode.Selection[];
}

/** Where the text of a document is in a later one; what is no longer there becomes the beginning. */
export class MovedPlaces {
  private readonly shift: number;

  constructor(
    private readonly before: Placed,
    private readonly after: Placed,
  ) {
    this.shift = unitsBetween(before.part, after.part);
  }

  top({ top }: Reader): vscode.Position {
    return this.moved({ line: top, character: 0 });
  }

  select(editor: vscode.TextEditor, { selections }: Reader): void {
    editor.selections = selections.map((s) => new vscode.Selection(this.moved(s.anchor), this.moved(s.active)));
  }

  private moved(place: Place): vscode.Position {
    const [before, after] = [this.before.text, this.after.text];
    const offset = before.offsetAt(place);
    const unit = before.sourceAt(offset);
    if (unit < this.shift) return new vscode.Position(0, 0);
    const { line, character } = after.placeAt(after.shownAt(unit - this.shift));
    // Inside of an escape, or in the mark before it.
    return new vscode.Position(line, Math.max(character + offset - before.shownAt(unit), 0));
  }
}

/** How many units of its text the later part begins after the earlier one; less than 0 when before. */
export function unitsBetween(earlier: Shown, later: Shown): number {
  const characters = later.start - earlier.start;
  if (characters >= 0) return unitsAt(earlier.text, earlier.characters, [characters])[0]!;
  return -unitsAt(later.text, later.characters, [-characters])[0]!;
}
