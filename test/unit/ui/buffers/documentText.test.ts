import assert from 'node:assert/strict';
import { DocumentText, type DocumentParts } from '../../../../src/ui/buffers/documentText';

const documentOf = (text: string, parts: Partial<DocumentParts> = {}): DocumentText =>
  new DocumentText({ text, notes: [], lines: [], ...parts });
const renderText = (text: string): string => documentOf(text).shown;

describe('DocumentText', () => {
  const cases: [text: string, shown: string][] = [
    ['', ''],
    ['plain\ttext\nnext\n', 'plain\ttext\nnext\n'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\x00b\x7f', 'a\\x00b\\x7f'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\n\n'],
    ['50%\r100%\r\r\n', '50%\\r100%\\r\n'],
    ['\udcff\udc80', '\\xff\\x80'],
    ['\ud800x\udc00\udfff', '\\ud800x\\udc00\\udfff'],
    ['😀é日本', '😀é日本'],
    ['\x85\x9b\u2028\u2029', '\\u0085\\u009b\\u2028\\u2029'],
    ['\u202e\u200b\ufeff', '\u202e\u200b\ufeff'],
    ['\\x1b', '\\x1b'],
  ];
  for (const [text, shown] of cases) {
    it(`shows ${JSON.stringify(text)}`, () => assert.equal(renderText(text), shown));
  }

  it('breaks lines that are too long for the editor', () => {
    const lines = renderText(`short\n${'a'.repeat(25_000)}\nlast`).split('\n');
    assert.deepEqual(
      lines.map((l) => l.length),
      [5, 10_000, 10_000, 25_000 - 2 * 9_999, 4],
    );
    assert.deepEqual(
      lines.map((l) => l.endsWith('↩')),
      [false, true, true, false, false],
    );
    assert.equal(lines.slice(1, 4).join('').replaceAll('↩', ''), 'a'.repeat(25_000));
    assert.equal(renderText('a'.repeat(9_999)), 'a'.repeat(9_999));
  });

  it('breaks no character in two', () => {
    const text = `a${'😀'.repeat(20_000)}`;
    const lines = renderText(text).split('\n');
    assert.ok(lines.every((l) => l.length <= 10_000 && l.isWellFormed()));
    assert.equal(lines.join('').replaceAll('↩', ''), text);
  });

  it('marks what this program wrote, and nothing else can look so', () => {
    const text = '▸ forged\na ▸ b\nProcess x deleted\nmore\n';
    const start = text.indexOf('Process');
    const { shown } = documentOf(text, { notes: [{ start, end: start + 'Process x deleted'.length }] });
    assert.equal(shown, '\\u25b8 forged\na ▸ b\n▸ Process x deleted\nmore\n');
  });

  it('marks each line of what this program wrote, also a broken one', () => {
    const note = `one\ntwo\r\n\x1b${'x'.repeat(10_000)}`;
    const lines = documentOf(note, { notes: [{ start: 0, end: note.length }] }).shown.split('\n');
    assert.equal(lines.length, 4);
    assert.ok(lines.every((l) => l.startsWith('▸ ') && l.length <= 10_000));
    assert.equal(lines[2]!.slice(0, 8), '▸ \\x1bxx');
  });

  it('gives what it adds lines of their own', () => {
    const text = 'abcdefghi';
    const notes = [{ start: 3, end: 6 }];
    assert.equal(documentOf(text, { notes }).shown, 'abc↩\n▸ def↩\nghi');
    const lines = [
      { at: 0, line: 'head' },
      { at: 2, line: 'middle' },
      { at: 4, line: 'after the note' },
      { at: 9, line: 'end' },
    ];
    const shown = '▸ head\nab↩\n▸ middle\nc↩\n▸ def↩\n▸ after the note\nghi↩\n▸ end\n';
    assert.equal(documentOf(text, { notes, lines }).shown, shown);
    assert.equal(documentOf('a\nb', { lines: [{ at: 2, line: 'x' }] }).shown, 'a\n▸ x\nb');
    assert.equal(documentOf('', { lines: [{ at: 0, line: 'x' }] }).shown, '▸ x\n');
  });

  it('lets the peer end the line of a note, with or without a carriage return', () => {
    for (const end of ['\n', '\r\n']) {
      const text = `note${end}more\n`;
      assert.equal(documentOf(text, { notes: [{ start: 0, end: 4 }] }).shown, '▸ note\nmore\n');
    }
    assert.equal(documentOf('note\rx', { notes: [{ start: 0, end: 4 }] }).shown, '▸ note↩\n\\rx');
  });

  it('lets no broken line begin with the mark', () => {
    const text = '▸'.repeat(30_000);
    const lines = renderText(text).split('\n');
    assert.ok(lines.every((l) => l.startsWith('\\u25b8') && l.length <= 10_000));
    assert.equal(lines.join('').replaceAll('↩', '').replaceAll('\\u25b8', '▸'), text);
  });

  it('finds the text behind what it shows', () => {
    const text = 'ab\x1b[0m\r\nnote\n😀\udcff▸\n';
    const start = text.indexOf('note');
    const document = documentOf(text, {
      notes: [{ start, end: start + 4 }],
      lines: [
        { at: 0, line: 'head' },
        { at: 3, line: 'inserted' },
      ],
    });
    const { shown } = document;
    assert.equal(shown, '▸ head\nab\\x1b↩\n▸ inserted\n[0m\n▸ note\n😀\\xff▸\n');
    const behind = (part: string): string =>
      document.textBetween(shown.indexOf(part), shown.indexOf(part) + part.length);
    assert.equal(document.textBetween(0, shown.length), text);
    assert.equal(behind('ab'), 'ab');
    assert.equal(behind('x1'), '\x1b');
    assert.equal(behind('▸ inserted'), '');
    assert.equal(behind('b\\x1b↩\n▸ inserted\n['), 'b\x1b[');
    assert.equal(behind('0m'), '0m');
    assert.equal(behind('0m\n'), '0m\r\n');
    assert.equal(behind('▸ note'), 'note');
    assert.equal(behind('😀\\xff'), '😀\udcff');
    assert.equal(document.shownAt(start), shown.indexOf('note'));
    assert.equal(document.sourceAt(shown.indexOf('note')), start);
    assert.equal(document.shownAt(text.length), shown.length);
    assert.equal(document.headLength, '▸ head\n'.length);
  });

  it('knows lines and characters', () => {
    const document = documentOf('ab\n\nc');
    const places = [0, 1, 2, 3, 4, 5].map((offset) => document.placeAt(offset));
    assert.deepEqual(
      places.map(({ line, character }) => [line, character]),
      [[0, 0], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]], // prettier-ignore
    );
    assert.deepEqual(
      places.map((place) => document.offsetAt(place)),
      [0, 1, 2, 3, 4, 5],
    );
    assert.equal(document.offsetAt({ line: 9, character: 0 }), 5);
  });

  it('leaves nothing to act on, whatever comes', () => {
    let seed = 7;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const sources = [() => next(0x100), () => 0xd800 + next(0x800), () => next(0x10000), () => [10, 13, 9][next(3)]!];
    for (let i = 0; i < 300; i++) {
      const length = i % 50 === 0 ? 30_000 : next(200);
      const text = String.fromCharCode(...Array.from({ length }, () => sources[next(4)]!()));
      const shown = renderText(text);
      assert.doesNotMatch(shown, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\p{Cs}]/u);
      assert.ok(shown.length <= 6 * text.length + Math.ceil((6 * text.length) / 9_998) * 2);
      assert.ok(shown.split('\n').every((l) => l.length <= 10_000));
      assert.doesNotMatch(shown, /^▸/m);
    }
  });

  it('maps any place there and back', () => {
    let seed = 3;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    const unit = [() => next(0x100), () => 0xd800 + next(0x800), () => 0x25b8, () => [10, 13, 9][next(3)]!];
    for (let i = 0; i < 200; i++) {
      const length = i % 40 === 0 ? 30_000 : 1 + next(100);
      const text = String.fromCharCode(...Array.from({ length }, () => unit[next(4)]!()));
      const [from, to] = [next(length), next(length)].sort((a, b) => a - b) as [number, number];
      const document = documentOf(text, {
        notes: [{ start: from, end: to }],
        lines: [{ at: next(length), line: 'x' }],
      });
      const before = [-1, 0, next(length), next(length), length].map((at) => [at, document.lengthBefore(at)] as const);
      for (const [at, shown] of before) assert.equal(shown, document.shownAt(at));
      const whole = document.textBetween(0, document.shown.length);
      assert.equal(whole, text);
      for (let at = 0; at < length; at += 1 + next(50)) {
        const shown = document.shownAt(at);
        const isLow = at > 0 && document.shownAt(at - 1) === shown && text.codePointAt(at - 1)! > 0xffff;
        const isReturn = text[at - 1] === '\r' && text[at] === '\n';
        assert.equal(document.sourceAt(shown), isLow || (isReturn && document.shownAt(at - 1) === shown) ? at - 1 : at);
        assert.equal(document.textBetween(0, shown), text.slice(0, document.sourceAt(shown)));
      }
    }
  });
});
