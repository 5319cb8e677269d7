import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { freePort, startPeer, Steps, until, type Peer } from './steps';

describe('Commands', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let folder: string;
  let peers: Peer[];

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-commands-`);
    session = await startSession({ files: { 'hello.txt': 'one\ntwo\n' } });
    ({ workbench } = session);
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    peers = [];
  });

  afterEach(async () => {
    await steps.clear();
    await Promise.all(peers.map((peer) => peer.close()));
  });

  /** A connection from the palette, and its peer. */
  async function connect(): Promise<Peer> {
    const peer = await startPeer();
    peers.push(peer);
    await steps.open('TCP', peer.address);
    await steps.rowSays(peer.address, 'open');
    await workbench.waitActiveTab(tabOf(peer));
    await peer.socket();
    return peer;
  }

  /** Two connections, so that a command that does not know which is meant has to ask. The second one's tab is active. */
  const connectTwice = async (): Promise<[Peer, Peer]> => [await connect(), await connect()];

  const tabOf = (peer: Peer): string => `*${peer.address}*`;
  const clipboard = (): Promise<string> => workbench.page.evaluate<string>('navigator.clipboard.readText()');
  const portOf = (description = ''): number => Number(/127\.0\.0\.1:(\d+)/.exec(description)?.[1]);

  describe('that open', () => {
    it('need Enter alone: a server on a free port of loopback, then a connection to it', async () => {
      await steps.command('Start Server…');
      assert.match((await workbench.waitQuick('Start Server')).title, /\(1\/2\)/);
      await workbench.quickItems();
      await workbench.acceptQuick();
      assert.match((await workbench.waitQuick('Start TCP Server')).title, /\(2\/2\)/);
      const [free] = await workbench.quickItems();
      assert.deepEqual([free?.label, free?.focused], ['127.0.0.1:0', true]);
      await workbench.acceptQuick();
      await workbench.waitQuickClosed();
      const server = await steps.row('TCP server');
      assert.match(server.description ?? '', /^listen · 127\.0\.0\.1:\d+$/);
      await workbench.waitEditorText(`listening on 127.0.0.1:${portOf(server.description)}`);

      await steps.command('Open Connection…');
      await workbench.waitQuick('Open Connection');
      await workbench.quickItems();
      await workbench.acceptQuick();
      await workbench.waitQuick('Open TCP Connection');
      const [own] = await workbench.quickItems();
      assert.equal(own?.label, `127.0.0.1:${portOf(server.description)}`);
      assert.equal(own?.description, 'listens here: TCP server');
      await workbench.acceptQuick();
      await workbench.waitQuickClosed();
      await steps.rowSays(own.label, 'open');
      await steps.rowSays('TCP server', '1 client');
      await workbench.waitActiveTab(`*${own.label}*`);
    });

    it('leave nothing when left at any step, and go back by a button', async () => {
      for (const title of ['Open Connection', 'Start Server'] as const) {
        await steps.command(`${title}…`);
        await workbench.waitQuick(title);
        await workbench.cancelQuick();
        await steps.nothingLeft();
        await steps.askAddress(title, 'TCP');
        await workbench.typeQuick('127.0.0.1:');
        await workbench.cancelQuick();
        await steps.nothingLeft();
        await steps.askAddress(title, 'UDP');
        await steps.quickButton('Back');
        await workbench.waitQuick(/\(1\/2\)/);
        await workbench.cancelQuick();
        await steps.nothingLeft();
      }
      await steps.noMessages();
    });

    it('take IPv4 only, IPv6 only or both: typed, or by a button', async () => {
      await steps.askAddress('Start Server', 'TCP');
      const value = async (wanted: string): Promise<void> => {
        await workbench.until(wanted, async () => (await workbench.quickValue()) === wanted);
      };
      for (const wanted of ['tcp4:', 'tcp6:', '', 'tcp4:', 'tcp6:']) {
        await steps.quickButton('IPv4 Only, IPv6 Only, or Both');
        await value(wanted);
      }
      await workbench.acceptQuick();
      await workbench.waitQuickClosed();
      const { description } = await steps.row('TCP server');
      assert.match(description ?? '', /^listen · \[::1\]:\d+$/);
      const port = /(\d+)$/.exec(description!)![1]!;
      await steps.askAddress('Open Connection', 'TCP');
      await workbench.fillQuick(`tcp4:localhost:${port}`);
      await workbench.until('what Enter does', async () => {
        const [first] = (await workbench.quick())?.items ?? [];
        return first?.label === `Connect to tcp4:localhost:${port}` && first.description === 'TCP over IPv4';
      });
      await workbench.acceptQuick();
      await steps.onlyMessage(/Connection refused/);
      await workbench.clearNotifications();
      await steps.open('TCP', `tcp6:[::1]:${port}`);
      await steps.rowSays('TCP server', '1 client');
    });

    it('remember addresses, the last one on top, and forget them by a button', async () => {
      const [first, second] = await connectTwice();
      await steps.clear();
      await steps.askAddress('Open Connection', 'TCP');
      const recents = async (): Promise<(string | undefined)[]> =>
        (await workbench.quickItems()).filter((item) => item.description === 'recent').map((item) => item.label);
      assert.deepEqual((await recents()).slice(0, 2), [second.address, first.address]);
      const row = workbench.page.locator('.quick-input-widget .monaco-list-row', { hasText: second.address });
      await row.hover();
      await row.locator('.action-label[aria-label="Remove from Recent Addresses"]').click();
      await workbench.until('it to go', async () => (await recents())[0] === first.address);
      await workbench.waitQuick('Open TCP Connection');
      await workbench.acceptQuick();
      await steps.rowSays(first.address, 'open');

      await steps.askAddress('Open Connection', 'TCP');
      assert.ok(!(await recents()).includes(second.address));
      await workbench.cancelQuick();
    });

    it('have buttons in the empty view and in its title', async () => {
      await steps.clickWelcome('Open Connection');
      await workbench.waitQuick('Open Connection');
      await workbench.cancelQuick();
      await steps.clickWelcome('Start Server');
      await workbench.waitQuick('Start Server');
      await workbench.cancelQuick();
      await steps.titleAction('Open Connection…');
      await workbench.waitQuick('Open Connection');
      await workbench.cancelQuick();
      await steps.titleAction('Start Server…');
      await workbench.waitQuick('Start Server');
      await workbench.cancelQuick();
      await steps.nothingLeft();
    });

    it('ask once before other computers can reach a server', async () => {
      const port = await freePort();
      await steps.serve('TCP', `*:${port}`);
      const { detail, buttons } = await workbench.until('the question', async () => {
        const dialog = await workbench.dialog();
        return dialog.message === 'Let other computers reach this server?' && dialog;
      });
      assert.match(detail, /^0\.0\.0\.0 is not a loopback address/);
      assert.deepEqual([...buttons].sort(), ['Cancel', 'Start Server']);
      assert.deepEqual(await steps.rows(), []);
      await workbench.answerDialog('Cancel');
      await steps.nothingLeft();
      await assertRefused(port);

      await steps.serve('TCP', `0.0.0.0:${port}`);
      await workbench.answerDialog('Start Server');
      const { description } = await steps.row(`TCP server 0.0.0.0:${port}`);
      assert.equal(description, `listen · 0.0.0.0:${port} · all interfaces`);
      assert.equal(await workbench.hasDialog(), false);
      await steps.noMessages();
    });
  });

  describe('that send', () => {
    it('reach what was clicked: from the tree, above the document, by key, from the palette', async () => {
      const [first, second] = await connectTwice();
      const sendTo = async (peer: Peer, text: string, ask: () => Promise<unknown>): Promise<void> => {
        await ask();
        assert.equal((await workbench.waitQuick('Send to')).title, `Send to ${peer.address}`);
        await steps.sendText(text);
        await until(text, () => peer.received().endsWith(`${text}\n`));
      };
      await sendTo(first, 'menu', () => steps.menu(first.address, 'Send…'));
      await sendTo(first, 'inline', () => steps.action(first.address, 'Send…'));
      await sendTo(second, 'palette', () => steps.command('Send…'));
      await sendTo(second, 'above', () => steps.documentAction('Send…'));
      await sendTo(second, 'key', async () => {
        await workbench.focusEditor();
        await workbench.press('Mod+Enter');
      });
      await workbench.clickTab(tabOf(first));
      await sendTo(first, 'other', () => steps.command('Send…'));
      assert.equal(first.received(), 'menu\ninline\nother\n');
      assert.equal(second.received(), 'palette\nabove\nkey\n');
      await steps.noMessages();
    });

    it('go to a client of the server whose process buffer is active', async () => {
      await steps.serve('TCP', '0');
      const { description } = await steps.rowSays('TCP server', /^listen · 127\.0\.0\.1:\d+/);
      const client = net.connect(Number(/:(\d+)/.exec(description ?? '')?.[1]), '127.0.0.1');
      let received = '';
      client.on('data', (bytes) => (received += String(bytes)));
      try {
        await steps.rowSays('TCP server', '1 client');
        await steps.command('Send…');
        assert.match((await workbench.waitQuick('Send to')).title, /^Send to TCP server <127\.0\.0\.1:\d+>$/);
        await steps.sendText('welcome');
        await until('it', () => received === 'welcome\n');
        await steps.noMessages();
      } finally {
        client.destroy();
      }
    });

    it('know escapes, remember a line ending for each process, and what was sent', async () => {
      const peer = await connect();
      await steps.command('Send…');
      await steps.sendText('A\\x41\\t\\\\\\xff\\r\\n');
      await until('bytes', () => peer.received() === 'AA\t\\\xff\r\n\n');

      await steps.command('Send…');
      await workbench.waitQuickMessage('Line ending: LF.');
      await steps.quickButton('Change Line Ending (now LF)');
      await workbench.waitQuickMessage('Line ending: CRLF.');
      await steps.sendText('two');
      await until('CRLF', () => peer.received().endsWith('\ntwo\r\n'));

      await steps.command('Send…');
      await workbench.waitQuickMessage('Line ending: CRLF.');
      await steps.quickButton('Change Line Ending (now CRLF)');
      await workbench.waitQuickMessage('Line ending: CR.');
      await steps.quickButton('Change Line Ending (now CR)');
      await workbench.waitQuickMessage('There is nothing to send.');
      await steps.quickButton('Sent Before');
      await workbench.waitQuick('Sent Before');
      await workbench.pickQuick('two');
      await workbench.until('the text', async () => (await workbench.quickValue()) === 'two');
      await workbench.acceptQuick();
      await until('no line ending', () => peer.received().endsWith('\ntwo\r\ntwo'));
    });

    it('send the selection as it stands, to the process that is chosen', async () => {
      const [first, second] = await connectTwice();
      await workbench.openFile('hello.txt');
      await workbench.selectAllInEditor();
      await steps.documentMenu('Send Selection');
      await workbench.waitQuick('Send Selection');
      await workbench.pickQuick(first.address);
      await until('the selection', () => first.received() === 'one\ntwo\n');
      await steps.delete(first.address);
      await workbench.selectAllInEditor();
      await steps.command('Send Selection');
      await until('the selection', () => second.received() === 'one\ntwo\n');
      await steps.noMessages();
    });

    it('send the end of file: from the tree, above the document, from the palette', async () => {
      const ways: ((peer: Peer) => Promise<void>)[] = [
        (peer) => steps.menu(peer.address, 'Send EOF'),
        () => steps.documentAction('Send EOF'),
        () => steps.command('Send EOF'),
      ];
      await connect();
      for (const way of ways) {
        const peer = await connect();
        const socket = await peer.socket();
        await way(peer);
        await until('the end', () => socket.readableEnded);
        await steps.rowSays(peer.address, /^open · .* · sent EOF/);
        // Only our half is closed.
        socket.write('still here');
        await workbench.waitEditorText('still here', tabOf(peer));
      }
      await steps.noMessages();
    });
  });

  describe('that control', () => {
    it('stop and continue: in the row, in its menu, above the document, from the palette', async () => {
      const [first, second] = await connectTwice();
      const ways: ((action: string) => Promise<void>)[] = [
        (action) => steps.action(second.address, action),
        (action) => steps.menu(second.address, action),
        (action) => steps.documentAction(action),
        (action) => steps.command(action),
      ];
      for (const [number, way] of ways.entries()) {
        await way('Stop');
        await steps.rowSays(second.address, /^stop · /);
        (await second.socket()).write(`while stopped ${number}\n`);
        await way('Continue');
        await steps.rowSays(second.address, /^open · /);
        await workbench.waitEditorText(`while stopped ${number}`, tabOf(second));
        assert.match((await steps.row(first.address)).description ?? '', /^open · /);
      }
      await steps.noMessages();
    });

    it('delete: in the row, in its menu, above the document, from the palette; the peer hears of it', async () => {
      const other = await connect();
      const ways: ((peer: Peer) => Promise<void>)[] = [
        (peer) => steps.action(peer.address, 'Delete'),
        (peer) => steps.menu(peer.address, 'Delete'),
        () => steps.documentAction('Delete'),
        () => steps.command('Delete'),
      ];
      for (const way of ways) {
        const peer = await connect();
        await way(peer);
        await steps.answerDelete(`${peer.address} is running; delete it?`);
        await steps.noRow(peer.address);
        await until('the peer to hear', async () => (await peer.socket()).readableEnded);
        // The text stays.
        await workbench.waitEditorText('deleted', tabOf(peer));
      }
      await steps.rowSays(other.address, 'open');
      await steps.noMessages();
    });

    it('delete only when the user agrees, or need not be asked', async () => {
      const [first, second] = await connectTwice();
      const question = `${first.address} is running; delete it?`;
      await steps.action(first.address, 'Delete');
      await steps.answerDelete(question, 'Cancel');
      await steps.rowSays(first.address, 'open');
      await steps.menu(first.address, 'Toggle Query Before Kill');
      await steps.action(first.address, 'Delete');
      await steps.noRow(first.address);
      await steps.rowSays(second.address, 'open');
      await steps.noMessages();
    });

    it('delete asked once, however often the key is pressed', async () => {
      const peer = await connect();
      await steps.focusTree(peer.address);
      await workbench.press('Delete', 'Delete', 'Delete');
      await steps.answerDelete(`${peer.address} is running; delete it?`);
      await steps.noRow(peer.address);
      await workbench.page.waitForTimeout(500);
      assert.equal(await workbench.hasDialog(), false);
    });

    it('delete all, asked once', async () => {
      const [first, second] = await connectTwice();
      (await (await connect()).socket()).end();
      await steps.titleAction('Delete All');
      await steps.answerDelete('2 processes are running; delete them?', 'Cancel');
      await steps.rowSays(first.address, 'open');
      await steps.command('Delete All');
      await steps.answerDelete('2 processes are running; delete them?');
      await workbench.until('no rows', async () => (await steps.rows()).length === 0);
      await until('the peers to hear', async () =>
        (await Promise.all([first.socket(), second.socket()])).every((socket) => socket.readableEnded),
      );
    });

    it('delete all that has ended, and nothing else', async () => {
      const [first, second] = await connectTwice();
      const third = await connect();
      for (const [peer, way] of [
        [first, () => steps.titleAction('Delete All Finished')],
        [second, () => steps.command('Delete All Finished')],
      ] as const) {
        (await peer.socket()).end();
        await steps.rowSays(peer.address, 'closed');
        await way();
        await steps.noRow(peer.address);
      }
      assert.deepEqual(
        (await steps.rows()).map((row) => row.label),
        [third.address],
      );
    });

    it('reconnect in the same row and the same buffer, the old text kept', async () => {
      const [other, peer] = await connectTwice();
      const order = (await steps.rows()).map((row) => row.label);
      const ways: (() => Promise<void>)[] = [
        () => steps.action(peer.address, 'Reconnect'),
        () => steps.menu(peer.address, 'Reconnect'),
        () => steps.documentAction('Reconnect'),
        () => steps.command('Reconnect'),
      ];
      let text = '';
      for (const [number, way] of ways.entries()) {
        (await peer.socket(number)).end(`text ${number}\n`);
        text += `text ${number}\n\n▸ Process ${peer.address} connection broken by remote peer\n`;
        await steps.rowSays(peer.address, 'closed');
        await way();
        await steps.rowSays(peer.address, 'open');
        await peer.socket(number + 1);
        await workbench.until('all of the text', async () => (await workbench.copyEditor()) === text);
        assert.deepEqual((await steps.rows()).map((row) => row.label).sort(), [...order].sort());
      }
      assert.deepEqual(
        (await steps.rows()).map((row) => row.label),
        order,
      );
      assert.equal((await steps.tabs()).length, 2);
      assert.deepEqual(other.sockets.length, 1);
      await steps.noMessages();
    });

    it('do no harm when clicked twice', async () => {
      const [first, second] = await connectTwice();
      (await second.socket()).end();
      await steps.rowSays(second.address, 'closed');
      const row = workbench.page.locator('.pane .monaco-list-row', { hasText: second.address });
      await row.hover();
      await row.locator('.actions .action-label[aria-label="Reconnect"]').dblclick();
      await steps.rowSays(second.address, 'open');
      await second.socket(1);
      await row.hover();
      await row.locator('.actions .action-label[aria-label="Stop"]').dblclick();
      await workbench.until('an end of it', async () =>
        /^(stop|open) · /.test((await steps.row(second.address)).description!),
      );
      await steps.delete(first.address);
      assert.equal(second.sockets.length, 2);
      await steps.noMessages();
    });
  });

  describe('for buffers', () => {
    it('show: a click looks, Enter and the commands go there', async () => {
      const [first, second] = await connectTwice();
      await workbench.command('View: Close All Editors');
      await steps.click(first.address);
      await workbench.waitActiveTab(tabOf(first));
      await workbench.until('the tree to keep the keyboard', async () => (await steps.row(first.address)).focused);
      await steps.menu(second.address, 'Show Process Buffer');
      await workbench.waitActiveTab(tabOf(second));
      await workbench.command('View: Close All Editors');
      await steps.command('Show Process Buffer');
      await workbench.waitQuick('Show Process Buffer');
      await workbench.pickQuick(first.address);
      await workbench.waitActiveTab(tabOf(first));
      assert.deepEqual(await steps.tabs(), [tabOf(first)]);
    });

    it('kill: ask, keep it on Cancel; from the tree, above the document, from its tab, from the palette', async () => {
      const other = await connect();
      const ways: ((peer: Peer) => Promise<void>)[] = [
        (peer) => steps.menu(peer.address, 'Kill Process Buffer'),
        () => steps.documentAction('Kill Process Buffer'),
        () => steps.tabMenu('Kill Process Buffer'),
        () => steps.command('Kill Process Buffer'),
      ];
      for (const [number, way] of ways.entries()) {
        const peer = await connect();
        const question = `Buffer "${tabOf(peer)}" has a running process; kill it?`;
        const ask = async (): Promise<void> => {
          await way(peer);
          await workbench.until(question, async () => {
            const { message, detail } = await workbench.dialog();
            return (message || detail) === question;
          });
        };
        await ask();
        if (number === 0) {
          await workbench.answerDialog('Cancel');
          await workbench.waitActiveTab(tabOf(peer));
          await steps.rowSays(peer.address, 'open');
          await ask();
        }
        await workbench.answerDialog('Kill');
        await until('the peer to hear', async () => (await peer.socket()).readableEnded);
        await workbench.until('its tab to close', async () => !(await steps.tabs()).includes(tabOf(peer)));
        await steps.rowSays(peer.address, /^closed · .*deleted$/);
        const items = await steps.menuItems(peer.address);
        assert.ok(!items.includes('Kill Process Buffer') && !items.includes('Show Process Buffer'), items.join());
        await steps.action(peer.address, 'Delete');
      }
      await steps.rowSays(other.address, 'open');
    });
  });

  describe('that tell', () => {
    it('copy the contact: from the tree, above the document, from the palette', async () => {
      const [first, second] = await connectTwice();
      await steps.menu(first.address, 'Copy Contact');
      await workbench.until('its contact', async () => (await clipboard()) === first.address);
      await steps.documentAction('Copy Contact');
      await workbench.until('its contact', async () => (await clipboard()) === second.address);
      await workbench.clickTab(tabOf(first));
      await steps.command('Copy Contact');
      await workbench.until('its contact', async () => (await clipboard()) === first.address);
    });

    it('list processes as Emacs does', async () => {
      const path = `${folder}/listed`;
      await steps.serve('Unix socket', path);
      await steps.row('Unix server listed');
      const peer = await connect();
      await steps.command('List Processes');
      const text = await workbench.waitEditorText(peer.address);
      assert.match(text, /^Process +PID +Status +Buffer +TTY +Thread +Command/);
      assert.match(text, /Unix server listed +-- +listen +\*Unix server listed\*/);
      await steps.delete(peer.address);
      await steps.titleAction('List Processes');
      await workbench.until('the present', async () => !(await workbench.editorText()).includes(peer.address));
      await steps.delete('Unix server listed');
      await until('the file to go', () => !existsSync(path));
    });
  });

  it('can be used by keys alone', async () => {
    const peer = await startPeer();
    peers.push(peer);
    const { keyboard } = workbench.page;
    const waitTitle = (title: string): Promise<unknown> => workbench.waitQuick(title);
    await workbench.press('F1');
    await workbench.until('the palette', async () => (await workbench.quick())?.value?.startsWith('>'));
    await keyboard.type('network processes open conn');
    await workbench.until('the command', async () =>
      (await workbench.quickItems())[0]?.label.endsWith('Open Connection…'),
    );
    await workbench.press('Enter');
    await waitTitle('Open Connection');
    await workbench.until('TCP to be reached', async () => {
      if ((await workbench.quickItems()).some((item) => item.focused && item.label === 'TCP')) return true;
      await workbench.press('ArrowDown');
      return false;
    });
    await workbench.press('Enter');
    await waitTitle('Open TCP Connection');
    await keyboard.type(peer.address);
    await workbench.press('Enter');
    await steps.rowSays(peer.address, 'open');
    await workbench.waitActiveTab(tabOf(peer));

    await workbench.press('Control+Enter');
    await waitTitle('Send to');
    await keyboard.type('typed');
    await workbench.press('Enter');
    await until('the text', () => peer.received() === 'typed\n');

    await workbench.press('F1');
    await workbench.until('the palette', async () => (await workbench.quick())?.value?.startsWith('>'));
    await keyboard.type('focus on processes view');
    await workbench.until('the command', async () =>
      (await workbench.quickItems())[0]?.label.endsWith('Focus on Processes View'),
    );
    await workbench.press('Enter');
    await workbench.until('the row to be focused', async () => {
      await workbench.press('ArrowDown');
      return (await steps.row(peer.address)).focused;
    });
    await workbench.press('ArrowRight');
    await steps.row('Contact');
    await workbench.press('ArrowLeft');
    await steps.noRow('Contact');
    await workbench.press('Delete');
    await steps.answerDelete(`${peer.address} is running; delete it?`);
    await steps.noRow(peer.address);
    await until('the peer to hear', () => peer.sockets[0]?.readableEnded);
  });

  it('delete by key what has the focus, or all that is selected', async () => {
    const [first, second] = await connectTwice();
    const [third, fourth] = await connectTwice();
    const label = (number: number): Promise<string | undefined> => steps.rows().then((rows) => rows[number]?.label);
    assert.equal(await label(1), second.address);
    await steps.click(first.address);
    await workbench.waitActiveTab(tabOf(first));
    await workbench.press('ArrowDown');
    await workbench.until('the second row to be focused', async () => (await steps.row(second.address)).focused);
    await workbench.press('Delete');
    await steps.answerDelete(`${second.address} is running; delete it?`);
    await steps.noRow(second.address);
    await steps.rowSays(first.address, 'open');

    await steps.click(first.address);
    await workbench.press('Shift+ArrowDown');
    await workbench.until('two rows to be selected', async () => (await steps.row(third.address)).selected);
    await workbench.press('Delete');
    await steps.answerDelete('2 processes are running; delete them?');
    await steps.noRow(third.address);
    await steps.noRow(first.address);
    assert.deepEqual([await label(0), await label(1)], [fourth.address, undefined]);
  });
});

async function assertRefused(port: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  const code = await new Promise((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('error', (e: NodeJS.ErrnoException) => resolve(e.code));
  });
  socket.destroy();
  assert.equal(code, 'ECONNREFUSED');
}
