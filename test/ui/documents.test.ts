import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type net from 'node:net';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { startPeer, Steps, type Peer } from './steps';

const numbered = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${String(from + i).padStart(7, '0')} ${'.'.repeat(50)}\n`).join('');
const name = (number: number): string => `line ${String(number).padStart(7, '0')}`;

describe('Process buffers in the page', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let peer: Peer;
  let socket: net.Socket;

  before(async () => {
    session = await startSession({ width: 1400, height: 900 });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(() => session?.close());

  beforeEach(async () => {
    peer = await startPeer();
    socket = await connect();
  });

  afterEach(async () => {
    await steps.clear();
    await peer.close();
  });

  async function connect(): Promise<net.Socket> {
    const number = peer.sockets.length;
    await steps.open('TCP', peer.address);
    return peer.socket(number);
  }

  async function write(data: string | Uint8Array, to = socket): Promise<void> {
    if (!to.write(data)) await once(to, 'drain');
  }

  const firstLine = async (): Promise<string> => (await workbench.editorText()).split('\n')[0] ?? '';
  const isFrozen = (): Promise<boolean> =>
    workbench.page.locator('.editor-actions [aria-label^="Follow Output"]').first().isVisible();
  const focusText = async (): Promise<void> => {
    await workbench.page.locator('.editor-group-container.active .view-lines').first().click();
  };

  it('stay as they are while scrolled up with the wheel; End follows again', async () => {
    await write(numbered(0, 300));
    await workbench.waitEditorText(name(299));
    assert.equal(await isFrozen(), false);
    await focusText();
    await workbench.wheelEditor(-10);
    await workbench.until('it to be frozen', isFrozen);
    const [top, before] = [await firstLine(), await workbench.editorText()];
    for (let i = 0; i < 20; i++) await write(numbered(300 + i * 1000, 1000));
    await steps.rowSays(peer.address, /1\.3 MB in/);
    await workbench.page.waitForTimeout(1500);
    assert.equal(await workbench.editorText(), before);
    assert.equal(await firstLine(), top);
    await workbench.press('End');
    await workbench.waitEditorText(name(20_299));
    await workbench.untilNot('it to be frozen', isFrozen);
    await write('after\n');
    await workbench.waitEditorText('after');
    // Scrolling to the end does as well.
    await workbench.wheelEditor(-10);
    await workbench.until('it to be frozen', isFrozen);
    await write('still there\n');
    await workbench.wheelEditor(100);
    await workbench.waitEditorText('still there');
    await workbench.untilNot('it to be frozen', isFrozen);
  });

  it('stay as they are while text is selected with mouse or keyboard, which can be copied', async () => {
    await write(numbered(0, 200));
    await workbench.waitEditorText(name(199));
    await workbench.dragInEditor(name(190), name(192));
    await workbench.until('it to be frozen', isFrozen);
    const before = await workbench.editorText();
    await write(numbered(200, 3000));
    await workbench.page.waitForTimeout(1000);
    assert.equal(await workbench.editorText(), before);
    assert.equal(await workbench.copySelection(), numbered(190, 3).trimEnd());
    await steps.documentAction('Follow Output');
    await workbench.waitEditorText(name(3199));
    await workbench.untilNot('it to be frozen', isFrozen);
    await focusText();
    await workbench.press('Shift+ArrowUp', 'Shift+ArrowUp');
    await workbench.until('it to be frozen', isFrozen);
    await write('more\n');
    await workbench.press('ArrowDown');
    await workbench.waitEditorText('more');
  });

  it('are found in, also while more comes', async () => {
    await write(`${numbered(0, 500)}needle one\n${numbered(500, 500)}needle two\n`);
    await workbench.waitEditorText('needle two');
    assert.match(await workbench.findInEditor('needle'), /of 2$/);
    await workbench.waitEditorText('needle one');
    await workbench.press('Enter');
    const before = await workbench.waitEditorText('needle two');
    assert.ok(!before.includes('needle one'));
    // The extension hears of the selection a while after it is there.
    await workbench.until('it to be frozen', isFrozen);
    await write(`${numbered(1000, 200)}needle three\n`);
    await workbench.page.waitForTimeout(800);
    assert.equal(await workbench.editorText(), before);
    await workbench.press('Escape');
    await focusText();
    await workbench.press('End');
    await workbench.waitEditorText('needle three');
  });

  it('fold, and stay folded while text is appended', async () => {
    const object = '{\n    "inner": 1,\n    "other": 2\n}\n';
    await write(`${numbered(0, 3000)}${object}tail\n`);
    await workbench.waitEditorText('"other"');
    const line = workbench.page.locator('.view-line', { hasText: '{' }).last();
    await line.click();
    await workbench.command('Fold');
    await workbench.until('it to be folded', async () => !(await workbench.editorText()).includes('"other"'));
    for (let i = 0; i < 5; i++) {
      await write(`appended ${i}\n`);
      await workbench.waitEditorText(`appended ${i}`);
    }
    assert.ok(!(await workbench.editorText()).includes('"other"'));
    assert.ok((await workbench.editorText()).includes('{'));
  });

  it('follow in one editor, while the other keeps its place through cuts', async () => {
    await write(numbered(0, 6000));
    await workbench.waitEditorText(name(5999));
    await workbench.command('View: Split Editor');
    await workbench.until('two groups', async () => (await workbench.tabs()).length === 2);
    await workbench.until('both at the end', async () => {
      await workbench.wheelEditor(20, 1);
      return (await workbench.editorText()).includes(name(5999));
    });
    await workbench.wheelEditor(-60, 0);
    const left = async (): Promise<number> => Number(/line (\d+)/.exec(await workbench.editorText(0))?.[1]);
    await workbench.until('the left one to scroll', async () => (await left()) < 5900);
    let place = -1;
    await workbench.until('it to stand still', async () => {
      const before = place;
      await workbench.page.waitForTimeout(1000);
      return (place = await left()) === before;
    });
    for (let number = 6000; number < 20_000; number += 500) {
      await write(numbered(number, 500));
      // Slowly: what is busy reaches back less far.
      await workbench.page.waitForTimeout(200);
    }
    await workbench.until('the end on the right', async () => (await workbench.editorText(1)).includes(name(19_999)));
    // A line of which only a part was in sight may be out of it now.
    await workbench.until('the place on the left', async () => Math.abs((await left()) - place) <= 1);
    assert.equal(await isFrozen(), false);
  });

  it('colour our own lines apart from data, in both themes, and no peer can', async () => {
    await write('data ((([[[{{{ \x1b[31m\n▸ Process nobody deleted\n');
    await workbench.waitEditorText('\\u25b8 Process nobody deleted');
    socket.end();
    await workbench.waitEditorText('▸ Process');
    for (const theme of ['light', 'dark'] as const) {
      await workbench.setTheme(theme);
      const colors = await workbench.until('colours', async () => {
        const own = (await workbench.lineColors('▸ Process 127')).map((s) => s.color);
        const data = await workbench.lineColors('data (((');
        const forged = await workbench.lineColors('\\u25b8 Process nobody');
        return own[0] !== data[0]?.color ? { own, data, forged } : undefined;
      });
      const plain = colors.data[0]!.color;
      assert.ok(colors.own.every((color) => color !== plain), JSON.stringify(colors)); // prettier-ignore
      assert.equal(colors.forged.at(-1)!.color, plain);
      // Brackets are data: no colours of their own. The escape has one.
      assert.ok(colors.data[0]!.text.includes('((([[[{{{'), JSON.stringify(colors.data));
      assert.notEqual(colors.data.find((s) => s.text.includes('\\x1b'))!.color, plain);
    }
  });

  it('show the present when they are opened again, and cost nothing meanwhile', async () => {
    await write(numbered(0, 100));
    await workbench.waitEditorText(name(99));
    await workbench.wheelEditor(-10);
    await workbench.until('it to be frozen', isFrozen);
    await workbench.closeTab(`*${peer.address}*`);
    await write(numbered(100, 10_000));
    await steps.rowSays(peer.address, /646 kB in/);
    await steps.click(peer.address);
    await workbench.waitEditorText(name(10_099));
    await workbench.untilNot('it to be frozen', isFrozen);
    // Behind another tab.
    await workbench.newUntitledWith('x');
    await write(numbered(10_100, 20_000));
    await steps.rowSays(peer.address, /1\.9 MB in/);
    assert.equal(await workbench.editorText(), 'x');
    await workbench.press('Backspace');
    await workbench.clickTab(`*${peer.address}*`);
    await workbench.waitEditorText(name(30_099));
  });

  it('take a line of 5 MB, single bytes and random bytes', async () => {
    await write('x'.repeat(5_000_000));
    await write('<end of the line>\n');
    await workbench.waitEditorText('<end of the line>', undefined, 30_000);
    for (const byte of Buffer.from('byte by byte: grüße \x1b\n')) {
      await write(Uint8Array.of(byte));
      await workbench.page.waitForTimeout(5);
    }
    await workbench.waitEditorText('byte by byte: grüße \\x1b');
    for (let i = 0; i < 20; i++) await write(randomBytes(100_000));
    await write('\nend of noise\n');
    await workbench.waitEditorText('end of noise', undefined, 30_000);
    assert.deepEqual(workbench.pageErrors, []);
  });

  it('show floods of several processes at once, and the newest of each', async () => {
    const sockets = [socket, await connect(), await connect()];
    const lines = (number: number, from: number): string =>
      numbered(from, 1000).replaceAll('line', `process ${number}`);
    const flood = async (to: net.Socket, number: number): Promise<void> => {
      for (let from = 0; from < 300_000; from += 1000) await write(lines(number, from), to);
    };
    await Promise.all(sockets.map(flood));
    const tabs = await steps.tabs();
    assert.equal(tabs.length, 3);
    for (const [number, tab] of tabs.entries()) {
      await workbench.clickTab(tab);
      await workbench.waitEditorText(`process ${number} 0299999`, undefined, 30_000);
    }
    // At rest there is more of it.
    await workbench.page.waitForTimeout(2000);
    const [head = '', ...shown] = (await workbench.copyEditor()).split('\n');
    assert.match(head, /^▸ [\d,]+ characters trimmed — (?:open the whole capture|there is no capture)$/);
    assert.ok(shown.length > 10_000, `${shown.length} lines`);
    const all = Array.from({ length: 20 }, (_, i) => lines(2, 280_000 + i * 1000)).join('');
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    const text = shown.join('\n');
    assert.equal(hash(text), hash(all.slice(-text.length)));
  });
});
