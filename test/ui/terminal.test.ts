import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import net from 'node:net';
import { hostileTerminal } from '../support/hostileTerminal';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { startPeer, Steps, until, type Peer } from './steps';

describe('Terminals', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let peers: Peer[];

  before(async () => {
    session = await startSession({
      height: 1000,
      userSettings: { 'terminal.integrated.enableMultiLinePasteWarning': 'never' },
    });
    ({ workbench } = session);
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
  });

  beforeEach(() => {
    peers = [];
  });

  afterEach(async () => {
    await closeTerminals();
    await steps.clear();
    await Promise.all(peers.map((peer) => peer.close()));
  });

  async function connect(): Promise<Peer> {
    const peer = await startPeer();
    peers.push(peer);
    await steps.open('TCP', peer.address);
    await steps.rowSays(peer.address, 'open');
    await peer.socket();
    return peer;
  }

  async function openTerminal(): Promise<Peer> {
    const peer = await connect();
    await steps.command('Open Terminal');
    await title(`${peer.address} — open`);
    return peer;
  }

  async function closeTerminals(): Promise<void> {
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.until('no terminal', async () => (await workbench.terminalTitles()).length === 0);
  }

  const title = (expected: string): Promise<unknown> =>
    workbench.until(`a terminal called ${expected}`, async () => {
      const titles = await workbench.terminalTitles();
      if (titles.includes(expected)) return true;
      throw new Error(`there are ${titles.join(' | ')}`);
    });
  const received = (peer: Peer, text: string): Promise<unknown> =>
    until(`${JSON.stringify(text)} to arrive, not ${JSON.stringify(peer.received())}`, () => peer.received() === text);

  /** Through the quick picks of the options. */
  async function option(name: string, value: string): Promise<void> {
    await steps.command('Terminal Options…');
    await workbench.waitQuick('Terminal Options of ');
    await workbench.pickQuick(name);
    await workbench.waitQuick(new RegExp(`: ${name}$`));
    await workbench.pickQuick(value);
    // A key that comes in the same moment may reach the extension before the answer does.
    await workbench.page.waitForTimeout(300);
  }

  /** Shows the terminal again, with the keyboard. */
  const back = (): Promise<void> => workbench.command('Terminal: Focus on Terminal View');

  describe('open', () => {
    it('from the palette, show what comes, and send lines that are edited here', async () => {
      const peer = await openTerminal();
      (await peer.socket()).write('login: ');
      await workbench.waitTerminalText('login:');
      await workbench.typeInTerminal('rooot');
      await workbench.press('ArrowLeft', 'Backspace');
      await workbench.waitTerminalText('login: root');
      assert.equal(peer.received(), '');
      await workbench.press('Enter');
      await received(peer, 'root\n');
      (await peer.socket()).write('welcome\n$ ');
      await workbench.waitTerminalText('login: root\nwelcome\n$');
    });

    it('from the tree and from a process buffer; there is one for each process', async () => {
      const [first, second] = [await connect(), await connect()];
      await steps.menu(first.address, 'Open Terminal');
      await title(`${first.address} — open`);
      await steps.showTree();
      await workbench.clickTab(`*${second.address}*`);
      await steps.documentAction('Open Terminal');
      await title(`${second.address} — open`);
      await steps.showTree();
      await steps.menu(first.address, 'Open Terminal');
      (await first.socket()).write('to the first\n');
      await workbench.waitTerminalText('to the first');
      assert.equal((await workbench.terminalTitles()).length, 2);
    });

    it('for the clients of a server, which itself only listens', async () => {
      await steps.serve('TCP', '0');
      const { description = '' } = await steps.row('TCP server');
      const client = net.connect(Number(/:(\d+)/.exec(description)?.[1]), '127.0.0.1');
      try {
        await steps.rowSays('TCP server', '1 client');
        await steps.expand('TCP server');
        assert.ok(!(await steps.menuItems('TCP server')).includes('Open Terminal'));
        await steps.command('Open Terminal');
        await workbench.until('its terminal', async () =>
          (await workbench.terminalTitles())[0]?.startsWith('TCP server <'),
        );
        client.write('knock\n');
        await workbench.waitTerminalText('knock');
        client.end();
        await workbench.waitTerminalText(
          'knock\n▸ connection broken by remote peer\n▸ Only its peer can connect again.',
        );
      } finally {
        client.destroy();
      }
    });

    it('from VS Code’s own menu of terminals, on a process or on a new connection', async () => {
      const peer = await connect();
      await newFromProfile();
      await title(`${peer.address} — open`);
      const other = await startPeer();
      peers.push(other);
      await newFromProfile();
      await workbench.waitQuick('Open Connection');
      await workbench.pickQuick('TCP');
      await workbench.waitQuick('Open TCP Connection');
      await workbench.fillQuick(other.address);
      await workbench.acceptQuick();
      await title(`${other.address} — open`);
      (await other.socket()).write('hello from there\n');
      await workbench.waitTerminalText('hello from there');
      await steps.noMessages();
    });

    it('late: what came before is shown, as much as fits', async () => {
      const peer = await connect();
      const socket = await peer.socket();
      socket.write('early\n');
      await steps.rowSays(peer.address, '6 B in');
      await steps.command('Open Terminal');
      await workbench.waitTerminalText('early');
      await workbench.closeTerminal();
      await workbench.until('no terminal', async () => (await workbench.terminalTitles()).length === 0);
      socket.write(`${'0123456789'.repeat(7)}\n`.repeat(5000));
      await steps.showTree();
      await steps.rowSays(peer.address, '355 kB in');
      await workbench.command('Terminal: Clear');
      await steps.command('Open Terminal');
      await workbench.waitTerminalText(/0123456789\n?$/);
      assert.equal(
        (await workbench.terminalRows()).some((row) => row.includes('early')),
        false,
      );
    });

    it('for datagrams: each line is one', async () => {
      const udp = dgram.createSocket('udp4');
      const heard: string[] = [];
      udp.on('message', (data, from) => {
        heard.push(data.toString());
        udp.send(`heard ${data.toString()}\n`, from.port, from.address);
      });
      await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
      try {
        await steps.open('UDP', `127.0.0.1:${udp.address().port}`);
        await steps.command('Open Terminal');
        await title(`127.0.0.1:${udp.address().port} — open`);
        await workbench.pasteIntoTerminal('one\ntwo\n');
        await workbench.waitTerminalText('heard one\nheard two');
        assert.deepEqual(heard, ['one', 'two']);
      } finally {
        udp.close();
      }
    });
  });

  describe('take', () => {
    it('lines from history, and all lines of a paste but the last, which may go on', async () => {
      const peer = await openTerminal();
      await workbench.typeInTerminal('first\nsecond\n');
      await received(peer, 'first\nsecond\n');
      await workbench.typeInTerminal('draft');
      await workbench.press('ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown');
      await workbench.press('End', 'Control+U', 'ArrowUp', 'ArrowUp', 'Enter');
      await received(peer, 'first\nsecond\nfirst\n');
      await workbench.pasteIntoTerminal('one\ntwo\nthree\nand a half');
      await received(peer, 'first\nsecond\nfirst\none\ntwo\nthree\n');
      await workbench.waitTerminalText('three\nand a half');
      await workbench.press('Enter');
      await received(peer, 'first\nsecond\nfirst\none\ntwo\nthree\nand a half\n');
    });

    it('control keys, as bytes at once, while a line waits; and control characters by a command', async () => {
      const peer = await openTerminal();
      await workbench.typeInTerminal('waiting');
      await workbench.press('Control+C');
      await received(peer, '\x03');
      await workbench.waitTerminalText('▸ ^C\nwaiting');
      await workbench.press('Control+D', 'Control+\\');
      await received(peer, '\x03\x04\x1c');
      await steps.command('Send Control Character…');
      await workbench.waitQuick(`Send Control Character to ${peer.address}`);
      const items = await workbench.quickItems();
      assert.ok(items.length > 5);
      await workbench.fillQuick('escape');
      await workbench.pickQuick('^[');
      await received(peer, '\x03\x04\x1c\x1b');
      await steps.showTree();
      await steps.menu(peer.address, 'Send Control Character…');
      await workbench.pickQuick('^Z');
      await received(peer, '\x03\x04\x1c\x1b\x1a');
    });

    it('every key at once when that was chosen, with the end of line and the echo that were chosen', async () => {
      const peer = await openTerminal();
      await option('Input', 'key by key');
      await workbench.typeInTerminal('a');
      await received(peer, 'a');
      await workbench.press('ArrowUp', 'Control+C');
      await received(peer, 'a\x1b[A\x03');
      await option('End of line', 'CRLF');
      await workbench.typeInTerminal('\n');
      await received(peer, 'a\x1b[A\x03\r\n');
      assert.equal(await workbench.terminalText(), '');
      await option('Local echo', 'on');
      await workbench.typeInTerminal('seen');
      await workbench.press('Backspace');
      await workbench.waitTerminalText(/^see$/);
      await option('Input', 'line by line');
      await option('End of line', 'CR');
      await option('Local echo', 'off');
      await workbench.typeInTerminal('unseen\n');
      await received(peer, 'a\x1b[A\x03\r\nseen\x7funseen\r');
      await workbench.waitTerminalText(/^see$/);
      await option('End of line', 'no line end');
      await workbench.typeInTerminal('bare\n');
      await received(peer, 'a\x1b[A\x03\r\nseen\x7funseen\rbare');
    });
  });

  describe('outlive', () => {
    it('their process: the text stays, one key reconnects', async () => {
      const peer = await openTerminal();
      (await peer.socket()).end('bye\n');
      await title(`${peer.address} — closed`);
      await workbench.waitTerminalText('bye\n▸ connection broken by remote peer\n▸ Press Enter to reconnect.');
      await workbench.typeInTerminal('nothing');
      await workbench.press('Enter');
      await title(`${peer.address} — open`);
      (await peer.socket(1)).write('again\n');
      await workbench.waitTerminalText(
        'bye\n▸ connection broken by remote peer\n▸ Press Enter to reconnect.\n▸ Connected again.\nagain',
      );
      await workbench.typeInTerminal('hello\n');
      await received(peer, 'hello\n');
    });

    it('a reconnect that fails, which can be tried again', async () => {
      const peer = await openTerminal();
      (await peer.socket()).destroy();
      await title(`${peer.address} — closed`);
      await peer.close();
      await workbench.typeInTerminal('\n');
      await steps.onlyMessage('Cannot connect to');
      await workbench.clearNotifications();
      await back();
      await workbench.waitTerminalText(/Press Enter to reconnect\.\n▸ Press Enter to reconnect\.$/);
      const again = await startPeer(peer.port);
      peers.push(again);
      await workbench.typeInTerminal('\n');
      await title(`${peer.address} — open`);
    });

    it('their row; and closing one never deletes the process', async () => {
      const peer = await openTerminal();
      (await peer.socket()).write('text\n');
      await workbench.waitTerminalText('text');
      await workbench.closeTerminal();
      await workbench.until('no terminal', async () => (await workbench.terminalTitles()).length === 0);
      await steps.showTree();
      await steps.rowSays(peer.address, 'open');
      assert.equal((await peer.socket()).readyState, 'open');
      await steps.command('Open Terminal');
      await workbench.waitTerminalText('text');
      await steps.showTree();
      await steps.focusTree(peer.address);
      await workbench.press('Delete');
      await steps.answerDelete(`${peer.address} is running; delete it?`);
      await steps.noRow(peer.address);
      await back();
      await title(`${peer.address} — deleted`);
      await workbench.waitTerminalText(
        'text\n▸ deleted\n▸ No longer in the list; this text stays until the terminal is closed.',
      );
      await workbench.typeInTerminal('\n');
    });
  });

  describe('under a flood', () => {
    it('stay quick for who types, slow the peer, and show all of it in the end', async () => {
      const peer = await openTerminal();
      const socket = await peer.socket();
      const flood = startFlood(socket);
      try {
        await until('much to be sent', () => socket.bytesWritten > 4_000_000, 60_000);
        await workbench.typeInTerminal('stop it');
        await workbench.waitTerminalText(/stop it$/, 30_000);
        flood.say('with typing');
        await workbench.waitTerminalText('with typing', 30_000);
        const before = socket.bytesWritten;
        await until('the flood to go on', () => socket.bytesWritten > before + 1_000_000, 60_000);
        await workbench.press('Enter');
        await until('the line to arrive', () => peer.received() === 'stop it\n', 30_000);
        flood.say(`echo ${peer.received().trim()}`);
        await workbench.waitTerminalText('echo stop it', 30_000);
        const then = socket.bytesWritten;
        await until('the flood to go on', () => socket.bytesWritten > then + 1_000_000, 60_000);
      } finally {
        flood.stop();
      }
      socket.write('the end\n');
      const text = await workbench.waitTerminalText(/the end$/, 60_000);
      // Nothing was left out of what can be scrolled to.
      const numbers = [...text.matchAll(/^(\d{9}) /gm)].map((m) => Number(m[1]));
      assert.ok(numbers.length > 500);
      assert.deepEqual(numbers, numbers.map((_, i) => (numbers[0] ?? 0) + i)); // prettier-ignore
      assert.ok(!text.includes('skipped'));
    });

    it('skip to the newest, with a notice, when that was chosen', async () => {
      const peer = await openTerminal();
      await option('When output comes faster than it can be shown', 'skip');
      const socket = await peer.socket();
      // Few lines in the scrollback, so that the notice is not scrolled away.
      socket.write(`${'x'.repeat(20_000)}\n`.repeat(1000));
      socket.write('the end\n');
      const text = await workbench.waitTerminalText(/the end$/, 60_000);
      assert.match(text, /\n▸ [\d,]+ bytes came too fast and were skipped here; the capture has them\.\n|^x+/);
    });
  });

  describe('give a hostile peer', () => {
    for (const [coding, first] of [
      ['UTF-8', 'é'],
      ['Latin-1', Buffer.from('é', 'latin1')],
    ] as const) {
      it(`nothing: no answer, no clipboard, no title, no mode (${coding})`, async () => {
        const peer = await openTerminal();
        const socket = await peer.socket();
        await clipboard('untouched');
        const before = await workbench.terminalState();
        socket.write(first);
        let told = '';
        for (const [i, { name, bytes }] of hostileTerminal.entries()) {
          socket.write(bytes);
          // What has no end is broken off.
          socket.write(`\x18\n${name}: ${i} done\n`);
          const text = await workbench.waitTerminalText(`: ${i} done`);
          if (i === 1) told = text;
          assert.equal(peer.received(), '', name);
          assert.ok(!/^▸ Press/m.test(text), name);
        }
        assert.match(told, /^▸ Escape sequences that could act on this terminal are left out\.$/m);
        const after = await workbench.terminalState();
        assert.deepEqual(after.modes, before.modes);
        assert.equal(after.alternate, false);
        assert.deepEqual(await workbench.terminalTitles(), [`${peer.address} — open`]);
        assert.equal(await workbench.page.evaluate<string>('navigator.clipboard.readText()'), 'untouched');
        await workbench.typeInTerminal('still here\n');
        await received(peer, 'still here\n');
        await steps.noMessages();
      });
    }

    it('no answer in raw mode either, which asks first; and what it switched on is switched off', async () => {
      const peer = await openTerminal();
      const before = await workbench.terminalState();
      await option('Escape sequences', 'raw');
      assert.match((await workbench.dialog()).message, /^Let .* control this terminal\?$/);
      await workbench.answerDialog('Allow');
      await workbench.waitTerminalText('▸ Raw: the peer controls this terminal.');
      const socket = await peer.socket();
      socket.write(
        '\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?1$p\x1bP$qm\x1b\\\x1b[18t\x1b]11;?\x1b\\\x1b[?1049h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[Hdrawn',
      );
      await workbench.waitTerminalText(/^drawn/);
      const raw = await workbench.terminalState();
      assert.equal(raw.alternate, true);
      await workbench.typeInTerminal('k');
      await workbench.press('ArrowDown');
      await received(peer, 'k\x1b[B');
      await option('Escape sequences', 'safe');
      await workbench.waitTerminalText(/▸ Raw: .*[^]*▸ Safe: the peer no longer controls this terminal\./);
      await workbench.until('the first screen', async () => !(await workbench.terminalState()).alternate);
      assert.deepEqual((await workbench.terminalState()).modes, before.modes);
    });
  });

  describe('leave', () => {
    it('no dead tab when the window is reloaded', async () => {
      const peer = await openTerminal();
      await workbench.page.reload();
      await workbench.until('the window to be back', async () => (await workbench.statusItems()).length > 0, 60_000);
      await steps.showTree();
      assert.deepEqual((await steps.welcome()).buttons, ['Open Connection', 'Start Server']);
      await until('the connection to end', () => peer.sockets[0]?.destroyed || peer.sockets[0]?.readableEnded, 30_000);
      assert.deepEqual(
        (await workbench.terminalTitles()).filter((t) => t.includes(peer.address)),
        [],
      );
    });
  });

  async function newFromProfile(): Promise<void> {
    await back();
    await workbench.launchTerminalProfile('Network Process');
  }

  const clipboard = (text: string): Promise<void> =>
    workbench.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
});

/** Writes numbered lines as fast as they are taken. */
function startFlood(socket: net.Socket): { say(text: string): void; stop(): void } {
  let number = 0;
  let said = 'as fast as it goes';
  let stopped = false;
  const write = (): void => {
    while (!stopped) {
      const lines = Array.from({ length: 500 }, () => `${String(number++).padStart(9, '0')} ${said}\n`);
      if (!socket.write(lines.join(''))) break;
    }
    if (!stopped) socket.once('drain', () => setImmediate(write));
  };
  write();
  return {
    say: (text) => (said = text),
    stop: () => (stopped = true),
  };
}
