import assert from 'node:assert/strict';
import { Column } from '../../../../src/ui/terminal/columns';
import { EscapeFilter } from '../../../../src/ui/terminal/escapeFilter';
import { RealTerminal } from './realTerminal';

const esc = '\x1b';
const pieces = ['a', 'word ', '\t', '\b', '\r', '\n', 'é', 'e\u0301', '中', '한글', '😀', 'ｗｉｄｅ', '\x07', '─'];
pieces.push('x'.repeat(30), `${esc}[31m`, `${esc}[3C`, `${esc}[C`, `${esc}[2D`, `${esc}[9G`, `${esc}[99C`, `${esc}[K`);
pieces.push(
  `${esc}[4X`,
  `${esc}[2@`,
  `${esc}[P`,
  `${esc}[0G`,
  `${esc}[500D`,
  `${esc}[1K`,
  'กำ',
  '~'.repeat(80),
  '\u1112\u1161',
);

describe('Column', () => {
  it('is where the terminal’s own cursor is, whatever was written', async function () {
    this.timeout(60_000);
    for (const width of [80, 33, 7]) {
      const terminal = new RealTerminal(width);
      const column = new Column(width);
      const filter = new EscapeFilter(() => 0);
      let seed = width;
      let written = '';
      for (let i = 0; i < 700; i++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
        const shown = filter.write(pieces[seed % pieces.length]!);
        written += shown;
        column.write(shown);
        await terminal.write(shown);
        assert.equal(column.at, terminal.column, JSON.stringify(written.slice(-200)));
      }
      terminal.dispose();
    }
  });

  it('finds the end of a line without an end in linear time', () => {
    const column = new Column(80);
    column.write('0123456789'.repeat(500_003));
    assert.equal(column.at, 30);
    column.write('中'.repeat(100_001));
    assert.equal(column.at > 0 && column.at <= 80, true);
  });
});
