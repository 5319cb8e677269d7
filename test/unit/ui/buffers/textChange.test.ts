import assert from 'node:assert/strict';
import { DocumentText } from '../../../../src/ui/buffers/documentText';
import { changeBetween, type TextEdit } from '../../../../src/ui/buffers/textChange';

const line = `${'0123456789'.repeat(7)} \x1b\n`;
const documentOf = (text: string, head?: string): DocumentText =>
  new DocumentText({ text, notes: [], lines: head ? [{ at: 0, line: head }] : [] });

function applied(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { start, end, text: inserted } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + inserted + result.slice(end);
  }
  return result;
}

describe('changeBetween', () => {
  const long = line.repeat(4000);

  it('edits what is added to a long document', () => {
    const [before, after] = [documentOf(long, 'head'), documentOf(`${long}new\n`, 'head')];
    const { edits, headChanged, cost } = changeBetween(before, after, 0);
    assert.deepEqual(edits, [{ start: before.shown.length, end: before.shown.length, text: 'new\n' }]);
    assert.deepEqual([headChanged, cost], [false, 12]);
  });

  it('edits the end that looks different now', () => {
    const [before, after] = [documentOf(`${long}end\r`), documentOf(`${long}end\r\nnew`)];
    const { edits } = changeBetween(before, after, 0);
    assert.ok(edits && edits.length === 1);
    assert.equal(applied(before.shown, edits), after.shown);
    assert.ok(edits[0]!.text.length < 10);
  });

  it('edits what is cut off or put back at the top, with what is added below', () => {
    const [all, part] = [documentOf(long, 'one'), documentOf(`${long.slice(line.length * 1000)}new\n`, 'two')];
    const cut = changeBetween(all, part, line.length * 1000);
    assert.ok(cut.edits && cut.headChanged);
    assert.equal(applied(all.shown, cut.edits), part.shown);
    assert.ok(cut.edits.every((e) => e.text.length < 20));
    const [few, more] = [documentOf(long.slice(line.length * 500), 'one'), documentOf(`${long}new\n`)];
    const widened = changeBetween(few, more, -line.length * 500);
    assert.ok(widened.edits && widened.headChanged);
    assert.equal(applied(few.shown, widened.edits), more.shown);
  });

  it('gives the text anew when nothing of it is left, or when it differs before its end', () => {
    const before = documentOf(long);
    const flood = documentOf(line.repeat(3500), 'head');
    assert.deepEqual(changeBetween(before, flood, 10 * long.length), {
      edits: null,
      headChanged: true,
      isOther: true,
      cost: 2 * flood.shown.length,
    });
    const other = documentOf(`${'x'.repeat(100)}\n${long}`);
    assert.equal(changeBetween(before, other, 0).edits, null);
    const spliced = new DocumentText({ text: long, notes: [], lines: [{ at: 800, line: 'stopped' }] });
    assert.equal(changeBetween(before, spliced, 0).edits, null);
  });

  it('leaves short documents to VS Code, which finds the difference itself', () => {
    const [before, after] = [documentOf(line.repeat(10)), documentOf(`${line.repeat(10)}new`)];
    assert.deepEqual(changeBetween(before, after, 0), { edits: null, headChanged: false, isOther: false, cost: 3 });
  });

  it('sees that only the head has changed', () => {
    const [before, after] = [documentOf(long, 'open'), documentOf(long, 'full')];
    const { edits, headChanged } = changeBetween(before, after, 0);
    assert.deepEqual(edits, [{ start: 0, end: '▸ open\n'.length, text: '▸ full\n' }]);
    assert.equal(headChanged, true);
  });
});
