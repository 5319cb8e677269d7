import assert from 'node:assert/strict';
import { EscapeFilter } from '../../../../src/ui/terminal/escapeFilter';
import { LineEditor, type Edit } from '../../../../src/ui/terminal/lineEditor';
import { RawFilter } from '../../../../src/ui/terminal/rawFilter';
import { Screen } from '../../../../src/ui/terminal/screen';
import { RealTerminal } from './realTerminal';

const esc = '\x1b';

describe('Screen', () => {
  let terminal: RealTerminal;
  let line: LineEditor;
  let screen: Screen;

  const start = (columns = 40, rows = 8): void => {
    terminal = new RealTerminal(columns, rows);
    line = new LineEditor();
    screen = new Screen(columns, new EscapeFilter(() => 0), line, 'withheld');
  };
  const output = (text: string): Promise<void> => terminal.write(screen.erase() + screen.output(text) + screen.draw());
  const own = (text: string): Promise<void> => terminal.write(screen.erase() + screen.ownLine(text) + screen.draw());
  const type = (text: string): Promise<void> => {
    line.insert(text);
    return terminal.write(screen.redraw());
  };
  const edit = (...edits: Edit[]): Promise<void> => {
    edits.forEach((one) => line.edit(one));
    return terminal.write(screen.redraw());
  };
  const enter = (): Promise<void> => terminal.write(screen.echo(line.take(), '\r\n'));

  beforeEach(() => start());
  afterEach(() => terminal.dispose());

  it('draws what is typed behind the output, with the cursor in its place', async () => {
    await output('login: ');
    await type('rooot');
    await edit('left', 'deleteLeft');
    assert.deepEqual(terminal.rows, ['login: root']);
    assert.equal(terminal.column, 10);
    await edit('start', 'deleteToEnd');
    assert.equal(terminal.row, 'login:');
    assert.equal(terminal.column, 7);
  });

  it('moves what is typed below output that comes meanwhile', async () => {
    await output('one\n> ');
    await type('typed');
    await output('two\nthr');
    await output('ee\n');
    assert.deepEqual(terminal.rows, ['one', '> two', 'three', 'typed']);
    await output('$ ');
    assert.equal(terminal.row, '$ typed');
    await enter();
    await output('answer\n');
    assert.deepEqual(terminal.rows, ['one', '> two', 'three', '$ typed', 'answer']);
  });

  it('does so at the bottom, where every line scrolls', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    for (const one of lines) {
      await output(`${one}\n`);
      await type('x');
    }
    assert.deepEqual(terminal.rows, [...lines, 'x'.repeat(30)]);
  });

  it('gives a row of its own to what is typed where there is little room', async () => {
    await output('a prompt of thirty characters> ');
    await type('typed');
    assert.deepEqual(terminal.rows, ['a prompt of thirty characters>', 'typed']);
    await output('more');
    assert.deepEqual(terminal.rows, ['a prompt of thirty characters> more', 'typed']);
    await output(`${'.'.repeat(5)}`);
    assert.deepEqual(terminal.rows, ['a prompt of thirty characters> more.....', 'typed']);
    await output('next');
    assert.deepEqual(terminal.rows, ['a prompt of thirty characters> more.....', 'nexttyped']);
  });

  it('shows the part around the cursor of a line that is too long', async () => {
    await type('0123456789'.repeat(10));
    assert.equal(terminal.rows.length, 1);
    assert.match(terminal.row, /^‹\d{38}$/);
    await edit('start');
    assert.match(terminal.row, /^0123456789.*›$/);
    assert.equal(terminal.column, 0);
    await edit('end');
    for (let i = 0; i < 100; i++) {
      await edit('left');
      const at = (100 - 1 - i) % 10;
      const column: number = terminal.column;
      assert.equal(terminal.row[column], String(at));
      assert.equal(terminal.rows.length, 1);
    }
    await edit('end');
    await enter();
    assert.equal(terminal.rows.join(''), '0123456789'.repeat(10));
  });

  it('never takes more than a row, whatever is typed', async () => {
    for (const columns of [3, 10, 40]) {
      terminal.dispose();
      start(columns);
      for (const one of ['中文字符', 'e\u0301e\u0301', '😀😀', '\t', '\u202e', 'abc', '👩‍👩‍👧', '\x1b[31m', '▸']) {
        await type(one);
        for (let i = 0; i < 4; i++) await edit('left');
        await edit('end');
        assert.ok(terminal.rows.length <= 1, `${columns}: ${JSON.stringify(terminal.rows)}`);
      }
    }
  });

  it('shows what was typed harmless', async () => {
    await type('a\tb\u202ec\x1b[31m');
    assert.equal(terminal.row, 'a^Ib\\u202ec^[[31m');
  });

  it('puts lines of our own, in grey, into rows of their own, and the peer’s style back', async () => {
    await output(`${esc}[1;31mred`);
    await own('closed');
    await output('still\n');
    assert.deepEqual(terminal.rows, ['red', '▸ closed', 'still']);
    assert.equal(terminal.color(1, 3), 8);
    assert.equal(terminal.color(2, 0), 1);
    assert.notEqual(terminal.terminal.buffer.active.getLine(2)?.getCell(0)?.isBold(), 0);
  });

  it('says once, above it, that something was withheld', async () => {
    await output('fine\n');
    await output(`${esc}]0;title\x07text${esc}[2J\n`);
    await output(`${esc}[c`);
    assert.deepEqual(terminal.rows, ['fine', '▸ withheld', 'text']);
  });

  it('says so in the style that was, and goes on in it', async () => {
    await output(`${esc}]0;title\x07plain ${esc}[31mred`);
    assert.deepEqual(terminal.rows, ['▸ withheld', 'plain red']);
    assert.deepEqual([terminal.color(1, 0), terminal.color(1, 6)], [-1, 1]);
  });

  it('ends what a peer left unfinished, for the one that comes next', async () => {
    await output(`${esc}[31mred\n${esc}]0;endless`);
    await terminal.write(screen.erase() + screen.calm() + screen.ownLine('closed') + screen.draw());
    await output('next\n');
    assert.deepEqual(terminal.rows.slice(-2), ['▸ closed', 'next']);
    assert.equal(terminal.color(terminal.rows.length - 1, 0), -1);
  });

  it('follows the terminal’s width', async () => {
    await output('prompt> ');
    await type('0123456789'.repeat(3));
    terminal.resize(34);
    await terminal.write(screen.resize(34));
    assert.match(terminal.row, /^prompt> ‹\d{24}$/);
    terminal.resize(20);
    await terminal.write(screen.resize(20));
    assert.deepEqual(terminal.rows, ['prompt>', '‹234567890123456789']);
    await output('x');
    terminal.resize(80);
    await terminal.write(screen.resize(80));
    assert.equal(terminal.row, `prompt> x${'0123456789'.repeat(3)}`);
    await enter();
    await output('end\n');
    assert.equal(terminal.rows.at(-1), 'end');
  });

  it('clears', async () => {
    await output('one\ntwo\nthree');
    await type('typed');
    await terminal.write(screen.clear());
    assert.equal(terminal.row, 'typed');
    await output('more\n');
    assert.equal(terminal.rows.at(-2), 'more');
    assert.equal(terminal.row, 'typed');
  });

  it('echoes keys and takes them back', async () => {
    await output('pass: ');
    await terminal.write(screen.echo('abc', ''));
    await terminal.write(screen.echoBackspace());
    assert.equal(terminal.row, 'pass: ab');
    await terminal.write(screen.echo('', '\r\n'));
    await output('ok\n');
    assert.deepEqual(terminal.rows, ['pass: ab', 'ok']);
  });

  it('takes back what was echoed, in its width, and nothing of the peer’s', async () => {
    await output('pass: ');
    await terminal.write(screen.echo('a世\t', ''));
    assert.equal(terminal.row, 'pass: a世^I');
    for (const row of ['pass: a世', 'pass: a', 'pass:', 'pass:']) {
      await terminal.write(screen.echoBackspace());
      assert.equal(terminal.row, row);
    }
    assert.equal(terminal.column, 6);
    await terminal.write(screen.echo('a', ''));
    await output('peer');
    await terminal.write(screen.echoBackspace());
    assert.equal(terminal.row, 'pass: apeer');
  });

  it('gives the colours back that a raw peer has changed', async () => {
    const given: number[] = [];
    for (const colors of [104, 110, 111, 112]) {
      terminal.terminal.parser.registerOscHandler(colors, () => given.push(colors) > 0);
    }
    await terminal.write(screen.setFilter(new RawFilter()));
    await output(`${esc}]11;#ff0000\x07`);
    assert.deepEqual(given, []);
    await terminal.write(screen.setFilter(new EscapeFilter(() => 0)));
    assert.deepEqual(given, [104, 110, 111, 112]);
  });

  it('lets a raw peer do what it wants, and takes it back afterwards', async () => {
    await output('before\n');
    await terminal.write(screen.setFilter(new RawFilter()));
    const modes = { ...terminal.terminal.modes };
    await output(`${esc}[?1049h${esc}[?1000h${esc}[?1h${esc}[?2004h${esc}[?25l${esc}[2;4r${esc}(0${esc}[4hraw`);
    assert.equal(terminal.terminal.buffer.active.type, 'alternate');
    assert.equal(terminal.terminal.modes.mouseTrackingMode, 'vt200');
    await terminal.write(screen.setFilter(new EscapeFilter(() => 0)));
    assert.equal(terminal.terminal.buffer.active.type, 'normal');
    assert.deepEqual({ ...terminal.terminal.modes }, modes);
    await own('safe again');
    await output('qqq\n');
    assert.equal(terminal.rows[0], 'before');
    assert.deepEqual(terminal.rows.slice(-2), ['▸ safe again', 'qqq']);
  });

  it('never gets into a raw sequence that is not complete', async () => {
    await terminal.write(screen.setFilter(new RawFilter()));
    for (const chunk of [`a${esc}`, '[3', '1mb', `${esc}]0;ti`, 'tle\x07c', `${esc}Pq`, `x${esc}`, '\\d']) {
      await output(chunk);
      await terminal.write(`${esc}[?9$p`);
    }
    assert.equal(terminal.row, 'abcd');
    assert.deepEqual(terminal.titles, ['title']);
  });
});
