import assert from 'node:assert/strict';
import { readKeys, type Key } from '../../../../src/ui/terminal/keys';
import { drawnNumbers, drawnQuery, withoutReports } from '../../../../src/ui/terminal/terminalReports';
import { RealTerminal } from './realTerminal';

const esc = '\x1b';
const keys = (data: string): Key[] => [...readKeys(data)];

describe('Keys', () => {
  it('are text, Enter, editing and control bytes', () => {
    assert.deepEqual(keys('Grüße 世界~'), [{ kind: 'text', text: 'Grüße 世界~' }]);
    assert.deepEqual(keys('a\tb'), [
      { kind: 'text', text: 'a' },
      { kind: 'text', text: '\t' },
      { kind: 'text', text: 'b' },
    ]);
    assert.deepEqual(
      keys('\x03\x04\x1a\x1c\x07'),
      [3, 4, 26, 28, 7].map((byte) => ({ kind: 'control', byte })),
    );
    assert.deepEqual(keys('\x0c'), [{ kind: 'clear' }]);
  });

  it('are lines where many were pasted', () => {
    const enter = { kind: 'enter' };
    const text = (t: string): Key => ({ kind: 'text', text: t });
    assert.deepEqual(keys('one\rtwo\r\rrest'), [text('one'), enter, text('two'), enter, enter, text('rest')]);
    assert.deepEqual(keys('one\r\ntwo\n'), [text('one'), enter, text('two'), enter]);
  });

  it('edit, in normal and in application mode', () => {
    const edits = (data: string): unknown[] => keys(data).map((key) => (key.kind === 'edit' ? key.edit : key));
    assert.deepEqual(edits(`${esc}[A${esc}OB${esc}[D${esc}OC`), ['older', 'newer', 'left', 'right']);
    assert.deepEqual(edits(`${esc}[H${esc}OF${esc}[1~${esc}[4~\x01\x05`), [
      'start',
      'end',
      'start',
      'end',
      'start',
      'end',
    ]);
    assert.deepEqual(edits(`\x7f\x08${esc}[3~\x0b\x15\x17`), [
      'deleteLeft',
      'deleteLeft',
      'deleteRight',
      'deleteToEnd',
      'deleteToStart',
      'deleteWordLeft',
    ]);
    assert.deepEqual(edits(`${esc}[1;5D${esc}[1;3C${esc}b${esc}f${esc}d${esc}\x7f`), [
      'wordLeft',
      'wordRight',
      'wordLeft',
      'wordRight',
      'deleteWordRight',
      'deleteWordLeft',
    ]);
  });

  it('may spell what every object has', () => {
    for (const text of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      assert.deepEqual(keys(text), [{ kind: 'text', text }]);
    }
  });

  it('that mean nothing here are left out', () => {
    assert.deepEqual(keys(`${esc}${esc}[5~${esc}OP${esc}[15;2~${esc}x`), []);
  });
});

describe('Reports of a terminal', () => {
  it('are told from keys', () => {
    for (const key of [
      'a',
      '\r',
      '\x03',
      `${esc}[A`,
      `${esc}OP`,
      `${esc}[15~`,
      `${esc}[1;5D`,
      `${esc}]`,
      `${esc}P`,
      `${esc}[3~`,
    ]) {
      assert.equal(withoutReports(key), key, JSON.stringify(key));
    }
  });

  it('go to nobody, whatever a real terminal is asked', async () => {
    const terminal = new RealTerminal();
    const queries = ['c', '>c', '5n', '6n', '?6n', '?1$p', '4$p', '?2026$p', '14t', '18t', '20t', '21t'].map(
      (q) => `${esc}[${q}`,
    );
    queries.push(`${esc}P$qm${esc}\\`, `${esc}P$qr${esc}\\`, `${esc}P$q q${esc}\\`, `${esc}P$q"p${esc}\\`);
    for (const query of queries) {
      terminal.sent = '';
      await terminal.write(query);
      assert.equal(withoutReports(`typed${terminal.sent}more`), 'typedmore', JSON.stringify([query, terminal.sent]));
    }
    const others = ['I', 'O', '<0;10;5M', '<0;10;5m', 'M !!', '32;10;5M', '?62;c', '8;24;80t', '?1u'].map(
      (r) => `${esc}[${r}`,
    );
    others.push(`${esc}]11;rgb:0000/0000/0000${esc}\\`, `${esc}]52;c;c3RvbGVu\x07`, `${esc}P>|xterm.js${esc}\\`);
    assert.equal(withoutReports(`ty${others.join('')}ped`), 'typed');
    terminal.dispose();
  });

  it('of what is drawn are told from others', async () => {
    const terminal = new RealTerminal();
    const nonce = 999_999_999;
    await terminal.write(`text${drawnQuery(nonce, 1)}more${drawnQuery(nonce, 70_000_000)}${esc}[?2004$p`);
    assert.deepEqual(drawnNumbers(terminal.sent, nonce), [1, 70_000_000]);
    assert.equal(withoutReports(terminal.sent), '');
    assert.deepEqual(terminal.rows, ['textmore']);
    terminal.dispose();
  });
});
