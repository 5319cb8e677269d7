import assert from 'node:assert/strict';
import { renderText } from '../../../../src/ui/buffers/renderText';

describe('renderText', () => {
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
      assert.equal(renderText(shown), shown);
    }
  });
});
