import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { startPeer, Steps, storage, until, type Peer } from './steps';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('Captures', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let folder: string;
  let peer: Peer;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-save-`);
    session = await startSession({ files: { 'hello.txt': 'hello' } });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    peer = await startPeer();
    await steps.open('TCP', peer.address);
    await steps.rowSays(peer.address, 'open');
  });

  afterEach(async () => {
    await steps.clear();
    await peer.close();
  });

  /** Lets the peer say that, and waits until it has come. */
  async function hear(bytes: Buffer, total: string): Promise<void> {
    (await peer.socket()).write(bytes);
    await steps.rowSays(peer.address, `${total} in`);
  }

  /** Saves by the row's menu; returns what is in the file. */
  async function save(what: string, name: string): Promise<Buffer> {
    const path = join(folder, name);
    await steps.menu(peer.address, 'Save Capture As…');
    await workbench.pickQuick(what);
    await workbench.answerFileDialog('Save Capture As', path);
    await workbench.waitNotification(`to ${path}`);
    if (name !== 'all.txt') await workbench.clearNotifications();
    return readFileSync(path);
  }

  const page = (): Promise<string> => workbench.copyEditor();
  const tab = (): string => `${peer.address} (capture)`;

  it('are saved as the bytes of one direction, a hex dump, or JSON lines', async () => {
    const received = randomBytes(300_000);
    await hear(received, '300 kB');
    await steps.sendFrom(peer.address, 'hello');
    await steps.rowSays(peer.address, '6 B out');

    assert.equal(hash(await save('Bytes received', 'in.bin')), hash(received));
    assert.equal((await save('Bytes sent', 'out.bin')).toString(), 'hello\n');
    // Over one that is there.
    assert.equal((await save('Bytes sent', 'in.bin')).length, 'hello\n'.length);

    const lines = (await save('JSON lines', 'all.jsonl')).toString().trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const of = (direction: string): Buffer =>
      Buffer.concat(
        entries.filter((e) => e['direction'] === direction).map((e) => Buffer.from(e['base64']!, 'base64')),
      );
    assert.deepEqual([hash(of('received')), of('sent').toString()], [hash(received), 'hello\n']);
    assert.ok(entries.every((e) => e['peer'] === peer.address));

    const dump = (await save('Hex dump', 'all.txt')).toString();
    assert.match(dump, new RegExp(`^# \\S+Z received from ${peer.address}, \\d+ bytes at offset 0\n00000000  `));
    assert.match(dump, /68 65 6c 6c 6f 0a +\|hello\.\|\n$/);
    assert.deepEqual(readdirSync(folder).sort(), ['all.jsonl', 'all.txt', 'in.bin', 'out.bin']);

    await workbench.clickNotification('all.txt', 'Open');
    await workbench.waitActiveTab('all.txt');
  });

  it('say their sizes, offer the direction that has bytes, and leave nothing when cancelled', async () => {
    await steps.sendFrom(peer.address, 'hello');
    await steps.rowSays(peer.address, '6 B out');
    await steps.menu(peer.address, 'Save Capture As…');
    const items = await workbench.quickItems();
    assert.deepEqual(
      items.map(({ label, description, focused }) => [label, description, focused]),
      [
        ['Bytes sent', '6 B', true],
        ['Bytes received', '0 B', false],
        ['Hex dump', '6 B, about 78 B as text', false],
        ['JSON lines', '6 B, about 8 B as text', false],
      ],
    );
    await workbench.acceptQuick();
    await workbench.waitFileDialog('Save Capture As');
    await workbench.cancelQuick();
    await steps.noMessages();
  });

  it('that hold nothing yet say so', async () => {
    await steps.menu(peer.address, 'Save Capture As…');
    await steps.onlyMessage('has had no traffic yet');
    await steps.menu(peer.address, 'Open Capture');
    await workbench.waitActiveTab(tab());
    await workbench.waitEditorText('Nothing was captured yet');
    await hear(Buffer.from('now'), '3 B');
    await steps.documentAction('Next Page of Capture');
    await workbench.waitEditorText('|now|');
  });

  it('are read page by page, by commands and by links, also while they grow', async () => {
    const pageBytes = 65_536;
    const bytes = Buffer.alloc(3 * pageBytes + 100, '.');
    for (let i = 0; i < 4; i++) bytes.write(`page ${i + 1} begins`, i * pageBytes);
    await hear(bytes, '197 kB');
    await steps.documentAction('Open Capture');
    await workbench.waitActiveTab(tab());
    await workbench.waitEditorText('|page 4 begins...|');
    assert.match(await page(), /Offsets 196,608 to 196,707 of 196,708 bytes\n[^]*End of what is captured now\n$/);

    await steps.documentAction('First Page of Capture');
    await turnedTo('|page 1 begins...|');
    const first = await page();
    assert.match(first, new RegExp(`received from ${peer.address}: [\\d,]+ bytes at offset 0\n00000000  70 61`));
    assert.match(first, /… continued on the next page\n$/);
    assert.equal(first.match(/^[0-9a-f]{8} {2}/gm)?.length, pageBytes / 16);
    await steps.command('Next Page of Capture');
    await turnedTo('|page 2 begins...|');
    await link('Next Page', /page 3 begins/);
    await link('Previous Page', /page 2 begins/);
    await link('Last Page', /page 4 begins/);
    await steps.documentAction('Previous Page of Capture');
    await turnedTo('|page 3 begins...|');
    await link('First Page', /page 1 begins/);

    await link('Go to Offset…', 'Go to Offset');
    await workbench.fillQuick('196708');
    await workbench.waitQuickMessage('Type a number from 0 to 196,707.');
    await workbench.fillQuick('0x10000');
    await workbench.acceptQuick();
    await turnedTo('|page 2 begins...|');

    await steps.command('Last Page of Capture');
    await turnedTo('|page 4 begins...|');
    (await peer.socket()).write('and more');
    await steps.rowSays(peer.address, '197 kB in');
    await workbench.until('more on the page', async () => {
      await steps.command('Next Page of Capture');
      // Not by copying it all, which would move the cursor.
      return (await workbench.editorText()).includes('and more');
    });

    await link('Save Capture As…', 'Save Capture As');
    await workbench.pickQuick('Bytes received');
    await workbench.answerFileDialog('Save Capture As', join(folder, 'linked.bin'));
    await workbench.waitNotification('linked.bin');
    assert.equal(readFileSync(join(folder, 'linked.bin')).length, bytes.length + 8);
  });

  it('show nothing that could act, stay after the end, and go with their process', async () => {
    await hear(Buffer.from('\x1b]0;title\x07\u202egnp.exe $(zap) [a](command:x)\r\n'), '44 B');
    await steps.menu(peer.address, 'Open Capture');
    await workbench.waitEditorText('|.]0;title....gnp|');
    assert.match(await page(), /^[\x20-\x7e\n…]*$/);
    (await peer.socket()).end();
    await steps.rowSays(peer.address, 'closed');
    await steps.command('First Page of Capture');
    await workbench.waitEditorText('|.]0;title....gnp|');
    await steps.action(peer.address, 'Delete');
    await workbench.waitEditorText('This capture is gone');
  });

  it('that the disk ends: the traffic goes on, a message offers to save what there is, the row says why', async () => {
    await hear(Buffer.from('before'), '6 B');
    const captures = join(storage(session), 'captures');
    const sizes = (): number[] =>
      readdirSync(captures, { recursive: true }).map((file) => statSync(join(captures, String(file))).size);
    await until('it to be written', () => sizes().includes('before'.length));
    rmSync(captures, { recursive: true, force: true });
    await hear(Buffer.from('after'), '11 B');
    const { severity, buttons } = await steps.onlyMessage(
      `Capturing traffic: No such file or directory (${peer.address}`,
    );
    assert.deepEqual([severity, buttons], ['error', ['Save Capture As…']]);
    await hear(Buffer.from('still'), '16 B');
    await workbench.waitEditorText(/before[^]*after[^]*still/);
    await steps.expand(peer.address);
    await steps.rowSays('Capture', /^6 B, stopped: Capturing traffic: No such file/);
    await steps.command('Show Log');
    await workbench.until('a line in the log', async () =>
      /\[warning\]\sCapturing\straffic/.test(await workbench.page.locator('.part.panel .view-lines').innerText()),
    );
    await steps.showTree();
  });

  it('that cannot begin: the same', async () => {
    const captures = join(storage(session), 'captures');
    rmSync(captures, { recursive: true, force: true });
    writeFileSync(captures, 'no folder');
    try {
      await hear(Buffer.from('all of it'), '9 B');
      await steps.onlyMessage(/^Capturing traffic: .*after 0 bytes/);
      await workbench.waitEditorText('all of it');
      await steps.expand(peer.address);
      await steps.rowSays('Capture', /^0 B, stopped: Capturing traffic/);
    } finally {
      rmSync(captures);
    }
  });

  it('end at the limit of the setting, which is said', async () => {
    setSettings(session, { 'networkProcesses.capture.limit': 0.001 });
    const others: Peer[] = [];
    try {
      const other = await workbench.until('the setting to count', async () => {
        const fresh = await startPeer();
        others.push(fresh);
        await steps.open('TCP', fresh.address);
        (await fresh.socket()).write('x'.repeat(3000));
        await steps.rowSays(fresh.address, '3.0 kB in');
        const texts = (await workbench.notifications()).map(({ message }) => message);
        const isSaid = texts.some((text) =>
          text.includes('stopped after 1048 bytes: the limit of a capture is 1048 bytes'),
        );
        return isSaid && fresh;
      });
      await steps.expand(other.address);
      await steps.rowSays('Capture', '1.0 kB, stopped: full');
      await steps.menu(other.address, 'Open Capture');
      await workbench.waitActiveTab(`${other.address} (capture)`);
      assert.match(await page(), /Captured no further than this: Capture of \S+ stopped after 1048 bytes/);
    } finally {
      for (const other of others) await other.close();
      setSettings(session, {});
    }
  });

  /** Waits for a page, and for the cursor at its top, which comes a moment later and would be in the way of keys. */
  async function turnedTo(text: string): Promise<void> {
    await workbench.waitEditorText(text);
    await workbench.until('the cursor at the top of the page', isAtTop);
  }

  async function isAtTop(): Promise<boolean> {
    return (await workbench.statusItem('status.editor.selection')).text === 'Ln 1, Col 1';
  }

  /** Follows a link in the first line by the keyboard, until it has led to a quick input or a page. */
  async function link(label: string, to: string | RegExp): Promise<void> {
    const { keyboard } = workbench.page;
    const hasLed = async (): Promise<boolean> =>
      typeof to === 'string'
        ? ((await workbench.quick())?.title.includes(to) ?? false)
        : to.test(await workbench.editorText()) && (await isAtTop());
    await workbench.until(`the link "${label}" to lead to ${to}`, async () => {
      await workbench.focusEditor();
      await workbench.press('Mod+Home');
      const line = (await workbench.editorText()).split('\n')[0]!;
      for (let i = 0; i < line.indexOf(label) + 1; i++) await keyboard.press('ArrowRight');
      // The editor finds the links of a new text a moment later, and before that there is nothing to follow.
      const links = workbench.page.locator('.editor-group-container.active .view-line .detected-link');
      await workbench.until('links', async () => (await links.allInnerTexts()).join('').includes(line.slice(0, 5)));
      await workbench.command('Open Link');
      // Not again before it must have led somewhere: the page before this one would be another one by then.
      for (const end = Date.now() + 12_000; Date.now() < end; await workbench.page.waitForTimeout(50)) {
        if (await hasLed()) return true;
      }
      return false;
    });
  }
});

/** The machine's settings, where VS Code looks for ours. */
function setSettings(session: Session, settings: Record<string, unknown>): void {
  writeFileSync(join(session.server.dataDir, 'data/Machine/settings.json'), JSON.stringify(settings));
}
