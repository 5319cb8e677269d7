import assert from 'node:assert/strict';
import { TextDecoder } from '../../../../src/core';
import { EscapeFilter } from '../../../../src/ui/terminal/escapeFilter';
import { hostileTerminal } from '../../../support/hostileTerminal';
import { RealTerminal } from './realTerminal';

const esc = '\x1b';
const filtered = (text: string, time = 0): string => new EscapeFilter(() => time).write(text);

/** All that may come out: text that can be seen, line ends, tab, backspace, bell, colours, moves within a row. */
const allowed =
  /^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}▸]|[\r\t\b\x07]|\r\n|\x1b\[[\d;:]{0,128}m|\x1b\[\d{0,4}[CDGX@P]|\x1b\[[0-2]?K)*$/u;

describe('EscapeFilter', () => {
  it('lets text, line ends, tabs and backspaces pass; a lone line feed gets a carriage return', () => {
    assert.equal(filtered('Grüße, 世界 😀\tx\b\r\n'), 'Grüße, 世界 😀\tx\b\r\r\n');
    assert.equal(filtered('a\nb\n'), 'a\r\nb\r\n');
    assert.equal(filtered('50 %\r'), '50 %\r');
  });

  it('lets colours and attributes pass, but not hidden text', () => {
    for (const one of [
      '',
      '0',
      '1',
      '01;31',
      '38;5;8',
      '38;2;8;8;8',
      '48;5;255',
      '4:3',
      '38:2::1:2:3',
      '58;5;8',
      '97;100',
    ]) {
      const shown = filtered(`${esc}[${one}m`);
      assert.equal(shown, `${esc}[${one.replace('01', '1')}m`, one);
    }
    assert.equal(filtered(`${esc}[8mx`), 'x');
    assert.equal(filtered(`${esc}[1;8;31mx`), `${esc}[1;31mx`);
    assert.equal(filtered(`${esc}[08mx`), 'x');
    assert.equal(filtered(`${esc}[38;5mx${esc}[38;8mx${esc}[38;2;8;8mx${esc}[77mx${esc}[?1mx${esc}[>4;2mx`), 'xxxxxx');
  });

  it('lets pass what stays in the row, with few digits', () => {
    for (const one of ['C', '5C', 'D', '80G', 'K', '1K', '2K', '3X', '4@', '2P']) {
      assert.equal(filtered(`${esc}[${one}`), `${esc}[${one}`, one);
    }
    for (const one of [
      '99999C',
      '3K',
      '?K',
      '1;2G',
      'A',
      'B',
      'H',
      '2J',
      'L',
      'S',
      '5b',
      'd',
      'h',
      'r',
      's',
      'u',
      ' q',
      '!p',
    ]) {
      assert.equal(filtered(`${esc}[${one}.`), '.', one);
    }
  });

  it('shows other controls, bytes that did not decode and invisible characters as escapes', () => {
    assert.equal(filtered('\0\x01\x05\x0b\x0c\x0e\x7f\x85\x9b'), '\\x00\\x01\\x05\\x0b\\x0c\\x0e\\x7f\\x85\\x9b');
    assert.equal(filtered('\udc80\udcff\ud800'), '\\x80\\xff\\ud800');
    assert.equal(filtered('a\u202eb\u200bc\u{e0041}d\u2028'), 'a\\u202eb\\u200bc\\u{e0041}d\\u2028');
  });

  it('shows the mark of our own lines as an escape', () => {
    assert.equal(filtered('▸ Press Enter'), '\\u25b8 Press Enter');
  });

  it('rings at most once a second', () => {
    let time = 0;
    const filter = new EscapeFilter(() => time);
    assert.equal(filter.write('a\x07\x07b\x07'), 'a\x07b');
    time = 999;
    assert.equal(filter.write('\x07'), '');
    time = 1000;
    assert.equal(filter.write('\x07\x07'), '\x07');
  });

  it('tells whether it withheld anything', () => {
    const filter = new EscapeFilter(() => 0);
    filter.write(`plain ${esc}[1;31mred${esc}[m${esc}[K\x07\x01\u202e\n`);
    assert.equal(filter.hasWithheld, false);
    filter.write(`${esc}]0;title`);
    assert.equal(filter.hasWithheld, true);
  });

  it('goes on with the text behind a string that does not end', () => {
    const filter = new EscapeFilter(() => 0);
    assert.equal(filter.write(`${esc}]0;${'x'.repeat(1_048_574)}behind`), 'behind');
    assert.equal(filter.write(`${esc}[${'1'.repeat(1_048_576)}behind`), 'behind');
  });

  it('keeps the style, to set it again', () => {
    const filter = new EscapeFilter(() => 0);
    filter.write(`${esc}[1;31;48;5;17m${esc}[4mx${esc}[22m`);
    assert.equal(filter.style.sequence, `${esc}[31;48;5;17;4m`);
    filter.write(`${esc}[32m`);
    assert.equal(filter.style.sequence, `${esc}[32;48;5;17;4m`);
    filter.write(`${esc}[m`);
    assert.equal(filter.style.sequence, '');
  });

  it('takes no longer than the text is long', () => {
    for (const bad of [`${esc}[`, `${esc}]`, `${esc}P${esc}`, `${esc}[1;`, '\x07', '\udc80', `${esc}[31m`, '\u202e']) {
      const time = (count: number): number => {
        const text = bad.repeat(count / bad.length);
        const start = performance.now();
        const filter = new EscapeFilter(() => 0);
        for (let at = 0; at < text.length; at += 4096) filter.write(text.slice(at, at + 4096));
        return performance.now() - start;
      };
      time(100_000);
      const [once, eightTimes] = [time(400_000), time(3_200_000)];
      assert.ok(eightTimes < 40 * (once + 5), `${JSON.stringify(bad)}: ${once} ms, ${eightTimes} ms`);
    }
  });

  describe('makes hostile bytes harmless', () => {
    for (const { name, bytes } of hostileTerminal) {
      it(name, async function () {
        this.timeout(60_000);
        const whole = decoded([bytes]);
        assert.match(whole, allowed);
        // Long ones are alike all along.
        const splits = bytes.length < 600 ? bytes.length : 0;
        for (let i = 1; i < splits; i++) {
          assert.equal(decoded([bytes.subarray(0, i), bytes.subarray(i)]), whole, `split at ${i}`);
        }
        for (const size of [1, 2, 7, 4096]) {
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          assert.equal(decoded(chunks), whole, `chunks of ${size}`);
        }
        const terminal = new RealTerminal();
        const modes = { ...terminal.terminal.modes };
        await terminal.write(`above\r\n${whole}\x1b[m`);
        assert.equal(terminal.sent, '');
        assert.deepEqual(terminal.titles, []);
        assert.ok(terminal.bells <= 1);
        assert.deepEqual({ ...terminal.terminal.modes }, modes);
        assert.equal(terminal.terminal.buffer.active.type, 'normal');
        assert.equal(terminal.rows[0], 'above');
        terminal.dispose();
      });
    }

    it('and there are more than forty kinds of them', () => {
      assert.ok(new Set(hostileTerminal.map(({ name }) => name)).size > 40);
    });
  });

  function decoded(chunks: readonly Uint8Array[]): string {
    const decoder = new TextDecoder('utf-8-unix');
    const filter = new EscapeFilter(() => 0);
    return [...chunks.map((chunk) => decoder.decode(chunk)), decoder.flush()]
      .map((text) => filter.write(text))
      .join('');
  }
});
