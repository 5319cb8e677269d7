import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { TailFollower, type Viewed } from '../../../../src/ui/buffers/tailFollower';

interface FakeEditor extends Viewed {
  visibleRanges: vscode.Range[];
  selection: { isEmpty: boolean };
  document: { lineCount: number };
}

function editor(lineCount: number): FakeEditor {
  return { visibleRanges: [], selection: { isEmpty: true }, document: { lineCount } };
}

function scroll(follower: TailFollower<FakeEditor>, e: FakeEditor, top: number, bottom: number): void {
  e.visibleRanges = [{ start: { line: top }, end: { line: bottom } } as vscode.Range];
  follower.scrolled(e);
}

describe('TailFollower', () => {
  it('follows from the beginning', () => {
    assert.equal(new TailFollower().follows(editor(1)), true);
  });

  it('goes on following when text is added faster than it is shown', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(100);
    scroll(follower, e, 70, 99);
    e.document.lineCount = 500;
    scroll(follower, e, 70, 99);
    scroll(follower, e, 300, 329);
    assert.equal(follower.follows(e), true);
  });

  it('stops when the user scrolls up, and begins again at the end', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(100);
    scroll(follower, e, 70, 99);
    scroll(follower, e, 60, 89);
    assert.equal(follower.follows(e), false);
    scroll(follower, e, 65, 94);
    assert.equal(follower.follows(e), false);
    scroll(follower, e, 69, 98);
    assert.equal(follower.follows(e), true);
  });

  it('does not move a selection out of sight', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(100);
    scroll(follower, e, 70, 99);
    e.selection.isEmpty = false;
    assert.equal(follower.follows(e), false);
    e.selection.isEmpty = true;
    assert.equal(follower.follows(e), true);
  });

  it('knows editors apart, and a new one does as the last', () => {
    const follower = new TailFollower<FakeEditor>();
    const [a, b, c] = [editor(100), editor(100), editor(100)];
    scroll(follower, a, 70, 99);
    scroll(follower, b, 70, 99);
    scroll(follower, b, 10, 39);
    assert.deepEqual([follower.follows(a), follower.follows(b), follower.follows(c)], [true, false, false]);
  });

  it('follows when told to, also if the document gets shorter then', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(1000);
    scroll(follower, e, 970, 999);
    scroll(follower, e, 10, 39);
    follower.startFollowing(e);
    e.document.lineCount = 700;
    scroll(follower, e, 500, 529);
    assert.equal(follower.follows(e), true);
  });
});
