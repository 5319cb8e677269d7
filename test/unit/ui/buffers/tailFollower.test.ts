import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { FakeClock } from './fakeClock';
import { TailFollower, type Viewed } from '../../../../src/ui/buffers/tailFollower';

interface FakeEditor extends Viewed {
  visibleRanges: vscode.Range[];
  selections: { isEmpty: boolean }[];
  document: Viewed['document'] & { lineCount: number };
}

/** Characters of a line; the last one is empty. */
const width = 50;

function editor(lineCount: number): FakeEditor {
  const document = {
    lineCount,
    lineAt: (line: number) => ({ text: 'x'.repeat(line < document.lineCount - 1 ? width : 0) }),
  };
  return { visibleRanges: [], selections: [{ isEmpty: true }], document };
}

function range(top: number, bottom: number, from = 0, to = width): vscode.Range {
  return { start: { line: top, character: from }, end: { line: bottom, character: to } } as vscode.Range;
}

function scroll(follower: TailFollower<FakeEditor>, e: FakeEditor, top: number, bottom: number): void {
  e.visibleRanges = [range(top, bottom)];
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

  it('sees scrolling inside of a line that is wrapped', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(3);
    for (const [from, to, follows] of [
      [20, 50, true],
      [10, 40, false],
      [15, 45, false],
      [20, 50, true],
    ] as const) {
      e.visibleRanges = [range(1, 1, from, to)];
      follower.scrolled(e);
      assert.equal(follower.follows(e), follows, `${from}`);
    }
  });

  it('does not move a selection out of sight', () => {
    const follower = new TailFollower<FakeEditor>();
    const e = editor(100);
    scroll(follower, e, 70, 99);
    e.selections[0]!.isEmpty = false;
    assert.equal(follower.follows(e), false);
    e.selections[0]!.isEmpty = true;
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

  it('takes moving text for no scrolling', () => {
    const clock = new FakeClock();
    const follower = new TailFollower<FakeEditor>(true, clock);
    const e = editor(5000);
    scroll(follower, e, 4970, 4999);
    scroll(follower, e, 4000, 4029);
    // 2,000 lines are cut from the top: the editor first stays as far down as it can, then goes where it was told to.
    e.document.lineCount = 3000;
    follower.moveTo(e, 2000);
    scroll(follower, e, 2970, 2999);
    assert.equal(follower.follows(e), false);
    scroll(follower, e, 2000, 2029);
    assert.equal(follower.follows(e), false);
    scroll(follower, e, 2970, 2999);
    assert.equal(follower.follows(e), true);
  });

  it('waits for no editor that never goes where it was told to', () => {
    const clock = new FakeClock();
    const follower = new TailFollower<FakeEditor>(true, clock);
    const e = editor(100);
    follower.moveTo(e, 50, false);
    assert.equal(follower.intends(e), false);
    clock.advance(1000);
    scroll(follower, e, 70, 99);
    assert.equal(follower.follows(e), true);
  });

  it('begins as it is told, and anew when the document was closed', () => {
    const follower = new TailFollower<FakeEditor>(false);
    assert.equal(follower.follows(editor(100)), false);
    follower.forget();
    assert.equal(follower.follows(editor(100)), true);
    assert.equal(follower.followsNext, true);
  });

  it('sees the first scroll of an editor that is at the end already, or new', () => {
    const clock = new FakeClock();
    const follower = new TailFollower<FakeEditor>(true, clock);
    const [e, other] = [editor(100), editor(100)];
    for (const each of [e, other]) each.visibleRanges = [range(70, 99)];
    follower.startFollowing(e);
    assert.equal(follower.appeared(other), true);
    assert.equal(follower.appeared(other), false);
    // Where its tab was scrolled to comes back first.
    scroll(follower, other, 0, 29);
    assert.equal(follower.follows(other), true);
    scroll(follower, other, 70, 99);
    scroll(follower, e, 60, 89);
    scroll(follower, other, 60, 89);
    assert.deepEqual([follower.follows(e), follower.follows(other)], [false, false]);
  });
});
