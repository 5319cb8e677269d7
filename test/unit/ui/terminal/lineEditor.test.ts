import assert from 'node:assert/strict';
import { LineEditor, type Edit } from '../../../../src/ui/terminal/lineEditor';

describe('LineEditor', () => {
  let line: LineEditor;
  const edit = (...edits: Edit[]): void => edits.forEach((one) => line.edit(one));
  /** The line with a bar at the cursor. */
  const shown = (): string => `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;

  beforeEach(() => {
    line = new LineEditor();
  });

  it('inserts, moves and deletes by what people see as one character', () => {
    line.insert('ae\u0301👩‍👩‍👧🇩🇪z');
    edit('left', 'left', 'left');
    assert.equal(shown(), 'ae\u0301|👩‍👩‍👧🇩🇪z');
    edit('deleteRight', 'deleteLeft');
    assert.equal(shown(), 'a|🇩🇪z');
    line.insert('中');
    edit('right', 'deleteLeft', 'end');
    assert.equal(shown(), 'a中z|');
    edit('start', 'left', 'deleteLeft', 'end', 'right', 'deleteRight');
    assert.equal(shown(), 'a中z|');
  });

  it('moves and deletes by words', () => {
    line.insert('GET /path/to, a-b');
    edit('wordLeft', 'wordLeft');
    assert.equal(shown(), 'GET /path/to, |a-b');
    edit('wordLeft', 'deleteWordLeft');
    assert.equal(shown(), 'GET /|to, a-b');
    edit('wordRight');
    assert.equal(shown(), 'GET /to|, a-b');
    edit('deleteWordRight', 'deleteWordRight', 'deleteWordRight');
    assert.equal(shown(), 'GET /to|');
    edit('start', 'wordRight', 'deleteToEnd');
    assert.equal(shown(), 'GET|');
    edit('left', 'deleteToStart');
    assert.equal(shown(), '|T');
  });

  it('remembers what was taken, and keeps what was being written', () => {
    for (const one of ['one', 'two', 'two', '']) {
      line.insert(one);
      assert.equal(line.take(), one);
    }
    line.insert('draft');
    edit('older');
    assert.equal(shown(), 'two|');
    edit('older', 'older', 'older');
    assert.equal(shown(), 'one|');
    line.insert('!');
    edit('newer', 'newer', 'newer');
    assert.equal(shown(), 'draft|');
    edit('older');
    assert.equal(line.take(), 'two');
    edit('older', 'newer');
    assert.equal(shown(), '|');
  });

  it('remembers two hundred', () => {
    for (let i = 0; i < 250; i++) {
      line.insert(String(i));
      line.take();
    }
    edit(...Array<Edit>(300).fill('older'));
    assert.equal(line.text, '50');
  });

  it('stays quick in a line of a megabyte', () => {
    line.insert('word '.repeat(200_000));
    const start = performance.now();
    for (let i = 0; i < 100; i++) edit('left', 'wordLeft', 'deleteLeft');
    assert.ok(performance.now() - start < 5000);
  });
});
