import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { cannotRun } from '../support/cannotRun';
import { startSession, type Session } from '../tools/lib/session.mjs';
import { freePort, startPeer, Steps, until, type Kind } from './steps';

/** More than the kernel's buffers hold for a peer that does not read, and less than the editor would ask about. */
const big = `${'0123456789abcde'.repeat(8)}\n`.repeat(75_000);

describe('Wrong input', () => {
  let session: Session;
  let steps: Steps;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-wrong-`);
    session = await startSession({ files: { 'big.txt': big, 'hello.txt': 'hello' } });
    steps = new Steps(session.workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => steps.clear());

  describe('in an address', () => {
    const long = `/tmp/${'x'.repeat(200)}`;
    /** What is typed, what is said to be wrong, and what to type. */
    type Case = [typed: string, says: string, advises: string];
    const boxes: [role: 'Open Connection' | 'Start Server', kind: Kind, cases: Case[]][] = [
      [
        'Open Connection',
        'TCP',
        [
          ['localhost', 'The port is missing', 'Type localhost:PORT.'],
          ['70000', '70000 is no port', 'Use 1 to 65535.'],
          ['localhost:0', '0 is no port', 'Use 1 to 65535.'],
          ['300.1.1.1:80', '300.1.1.1 is no IPv4 address', 'such as 127.0.0.1.'],
          ['::1', 'An IPv6 address needs brackets and a port', 'Type [::1]:PORT.'],
          ['a b c', 'That is more than a host and a port', 'Type HOST:PORT.'],
          ['bad..name:80', 'bad..name is no host name', 'Type letters, digits, dots and hyphens'],
          ['http://example.org/', 'http:// is not a kind of address here', 'Type example.org:http.'],
          ['*:80', '* is for servers', 'Type the host to connect to.'],
          ['unix:here', 'A Unix socket needs a path', 'Type the whole path'],
        ],
      ],
      [
        'Open Connection',
        'UDP',
        [['localhost:0x50', '0x50 is neither a port nor the name of a service', 'or a name such as http.']],
      ],
      ['Start Server', 'TCP', [['65536', '65536 is no port', 'Use 0 to 65535.']]],
      [
        'Start Server',
        'Unix socket',
        [
          ['my.sock', 'A Unix socket needs a path', 'Type the whole path'],
          ['/tmp/', '/tmp/ is a folder', 'such as /tmp/my.sock.'],
          [long, 'The path has 205 bytes; 107 is the most', 'Type a shorter one'],
        ],
      ],
    ];
    for (const [role, kind, cases] of boxes) {
      it(`is told while it is typed, and not accepted: ${role}, ${kind}`, async () => {
        const { workbench } = session;
        await steps.askAddress(role, kind);
        for (const [typed, says, advises] of cases) {
          await workbench.fillQuick(typed);
          const { items } = await workbench.until(`"${typed}" to be told`, async () => {
            const now = await workbench.quick();
            return now?.items[0]?.label.includes(says) && now;
          });
          assert.ok(items[0]?.detail?.includes(advises), `${typed}: ${items[0]?.detail}`);
          await workbench.acceptQuick();
          assert.equal(await workbench.quickValue(), typed);
        }
        await workbench.cancelQuick();
        await steps.nothingLeft();
        await steps.noMessages();
      });
    }
  });

  describe('that only connecting shows', () => {
    it('a port where nobody listens; the same can be tried again', async () => {
      const { workbench } = session;
      const port = await freePort();
      const address = `127.0.0.1:${port}`;
      await steps.open('TCP', address);
      const { message, severity, buttons } = await steps.onlyMessage('Connection refused');
      assert.ok(message.includes(address), message);
      assert.match(message, /Nothing listens there: check the port or path, and that the server runs\.$/);
      assert.equal(severity, 'error');
      assert.deepEqual(buttons, ['Try Again']);
      await steps.nothingLeft();

      const peer = await startPeer(port);
      try {
        await workbench.clickNotification('Connection refused', 'Try Again');
        await workbench.waitQuick('Open TCP Connection');
        assert.equal(await workbench.quickValue(), address);
        await workbench.acceptQuick();
        await steps.rowSays(address, 'open');
        // The failed attempt has left no buffer that would have this name.
        await workbench.waitActiveTab(`*${address}*`);
        await steps.noMessages();
      } finally {
        await peer.close();
      }
    });

    it('a host that does not exist', async () => {
      await steps.open('TCP', 'no-such-host.invalid:80');
      const { message, severity } = await steps.onlyMessage('no-such-host.invalid');
      assert.match(message, /Check the spelling of the host/);
      assert.equal(severity, 'error');
      await steps.nothingLeft();
    });

    it('a path where nothing is, and one where no socket is', async () => {
      const path = `${folder}/nothing`;
      await steps.open('Unix socket', path);
      const missing = await steps.onlyMessage('No such file or directory');
      assert.match(missing.message, /Nothing is at that path: check it/);
      assert.ok(missing.message.includes(path), missing.message);
      await steps.nothingLeft();
      await session.workbench.clearNotifications();

      writeFileSync(`${folder}/plain`, 'text');
      await steps.open('Unix socket', `${folder}/plain`);
      const plain = await steps.onlyMessage('Connection refused');
      assert.match(plain.message, /Nothing listens there/);
      assert.equal(readFileSync(`${folder}/plain`, 'utf8'), 'text');
      await steps.nothingLeft();
    });

    it('an address that does not answer: can be cancelled, nothing stays', async function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs the kernel’s list of sockets');
      const { workbench } = session;
      const silent = await startSilentServer();
      try {
        const address = `127.0.0.1:${silent.port}`;
        await steps.open('TCP', address);
        await steps.onlyMessage(`Connecting to ${address}`);
        await until('the attempt', () => attemptsTo(silent.port) > 0);
        await workbench.clickNotification(`Connecting to ${address}`, 'Cancel');
        await workbench.untilNot('no messages', async () => (await workbench.notifications()).length);
        await steps.nothingLeft();
        await until('the attempt to end', () => attemptsTo(silent.port) === 0, 2000);
      } finally {
        silent.end();
      }
    });
  });

  describe('that only listening shows', () => {
    it('a port that another program has', async () => {
      const peer = await startPeer();
      try {
        await steps.serve('TCP', String(peer.port));
        const { message, severity } = await steps.onlyMessage('Address already in use');
        assert.ok(message.includes(peer.address), message);
        assert.match(message, /Another program has it: choose another port or path/);
        assert.equal(severity, 'error');
        await steps.nothingLeft();
        assert.deepEqual(peer.sockets, []);
      } finally {
        await peer.close();
      }
    });

    it('a folder where nobody may write', async function () {
      if (!existsSync('/sys/kernel')) cannotRun(this, 'needs /sys');
      await steps.serve('Unix socket', '/sys/netproc.sock');
      // The first to root, the second to others.
      const { message } = await steps.onlyMessage(/Operation not permitted|Permission denied/);
      assert.match(message, /You may not listen there: .* a folder of yours/);
      assert.ok(message.includes('/sys/netproc.sock'), message);
      await steps.nothingLeft();
    });

    it('a folder that does not exist', async () => {
      await steps.serve('Unix socket', `${folder}/no/such/s`);
      const { message } = await steps.onlyMessage('No such file or directory');
      assert.match(message, /The folder of that path does not exist: create it/);
      await steps.nothingLeft();
      assert.ok(!existsSync(`${folder}/no`));
    });

    it('a path where a file is: the file stays', async () => {
      const path = `${folder}/precious`;
      writeFileSync(path, 'precious');
      const before = readdirSync(folder);
      await steps.serve('Unix socket', path);
      const { message } = await steps.onlyMessage('Address already in use');
      assert.match(message, /choose another port or path/);
      assert.ok(message.includes(path), message);
      await steps.nothingLeft();
      assert.equal(readFileSync(path, 'utf8'), 'precious');
      assert.deepEqual(readdirSync(folder), before);
    });
  });

  describe('that only sending shows', () => {
    it('a broadcast without the option', async () => {
      const address = '255.255.255.255:9';
      await steps.open('UDP', address);
      await steps.rowSays(address, /^open · /);
      await steps.menu(address, 'Send…');
      await steps.sendText('hello');
      const { message } = await steps.onlyMessage('Permission denied');
      assert.match(message, /a broadcast address needs the broadcast option/);
      assert.ok(message.includes(address), message);
      assert.doesNotMatch((await steps.row(address)).description ?? '', / out/);
      assert.match((await steps.row(address)).description ?? '', /^open · /);
    });

    it('an escape that is none', async () => {
      const { workbench } = session;
      const peer = await startPeer();
      try {
        await steps.open('TCP', peer.address);
        await steps.rowSays(peer.address, 'open');
        await steps.menu(peer.address, 'Send…');
        await workbench.fillQuick('a\\qb');
        const { severity } = await workbench.waitQuickMessage('\\q is no escape; write \\\\ for a backslash.');
        assert.equal(severity, 'error');
        await workbench.acceptQuick();
        assert.equal(await workbench.quickValue(), 'a\\qb');
        await workbench.fillQuick('a\\\\qb');
        await workbench.untilNot('the message to go', async () => (await workbench.quickMessage()).severity);
        await workbench.acceptQuick();
        await until('the text', () => peer.received() === 'a\\qb\n');
        await steps.noMessages();
      } finally {
        await peer.close();
      }
    });

    it('a peer that closed while the text was typed, and one that had closed before', async () => {
      const { workbench } = session;
      const peer = await startPeer();
      const live = await startPeer();
      try {
        await steps.open('TCP', live.address);
        await steps.open('TCP', peer.address);
        await steps.rowSays(peer.address, 'open');
        await workbench.waitActiveTab(`*${peer.address}*`);
        await steps.command('Send…');
        await workbench.waitQuick(`Send to ${peer.address}`);
        (await peer.socket()).end();
        await steps.rowSays(peer.address, 'closed');
        await workbench.fillQuick('too late');
        await workbench.acceptQuick();
        const first = await steps.onlyMessage('not running');
        assert.ok(first.message.includes(peer.address), first.message);
        assert.match(first.message, /Reconnect first/);
        await workbench.clearNotifications();

        await steps.command('Send…');
        const second = await steps.onlyMessage('has ended');
        assert.equal(second.message, `${peer.address} has ended. Reconnect it first.`);
        assert.equal(await workbench.quick(), null);
        assert.equal(live.received() + peer.received(), '');
        assert.ok(!(await steps.menuItems(peer.address)).includes('Send…'));
      } finally {
        await Promise.all([peer.close(), live.close()]);
      }
    });

    it('a peer that vanishes while we send', async () => {
      const { workbench } = session;
      const peer = await startDeafServer();
      const address = `127.0.0.1:${peer.port}`;
      try {
        await steps.open('TCP', address);
        await steps.rowSays(address, 'open');
        await workbench.openFile('big.txt');
        await workbench.selectAllInEditor();
        await steps.command('Send Selection');
        await steps.expand(address);
        await workbench.until('bytes to wait', async () =>
          (await steps.row('Traffic')).description?.includes('waiting to be sent'),
        );
      } finally {
        peer.end();
      }
      await steps.rowSays(address, /^closed · .*connection broken by remote peer/);
      const { message } = await steps.onlyMessage(address);
      assert.match(message, /reconnect/);
      await workbench.clickTab(`*${address}*`);
      await workbench.waitEditorText(`Process ${address} connection broken by remote peer`);
    });

    it('a peer that resets: what it said stays, and one message says so and offers to reconnect', async () => {
      const { workbench } = session;
      const peer = await startPeer();
      try {
        await steps.open('TCP', peer.address);
        const socket = await peer.socket();
        socket.write('half a sen');
        await workbench.waitEditorText('half a sen');
        socket.resetAndDestroy();
        await steps.rowSays(peer.address, /^closed · .*connection broken by remote peer · 10 B in$/);
        const end = `Process ${peer.address} connection broken by remote peer`;
        const text = await workbench.waitEditorText(end);
        assert.ok(text.startsWith('half a sen'), text);
        assert.equal(text.split(end).length, 2);
        await workbench.until('no badge', async () => (await steps.badge()) === '');
        const [message, ...others] = await workbench.notifications();
        assert.match(message?.message ?? '', /broke: Connection reset by peer\. .*reconnect/);
        assert.deepEqual([message?.buttons, others], [['Reconnect'], []]);
        await workbench.clearNotifications();
      } finally {
        await peer.close();
      }
    });
  });
});

interface Child {
  readonly port: number;
  end(): void;
}

/** A server in a program of its own. */
async function startServerProgram(onListening: string): Promise<{ port: number; child: ChildProcess }> {
  const program = `
    const server = require('node:net').createServer({ pauseOnConnect: true }, () => {});
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      console.log(server.address().port);
      ${onListening}
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the server ended')));
    child.stdout.on('data', (data) => resolve(Number(data)));
  });
  return { port, child };
}

/** Accepts and does not read; its end loses what lies in the kernel's buffers, so the other side is reset. */
async function startDeafServer(): Promise<Child> {
  const { port, child } = await startServerProgram('');
  return { port, end: () => child.kill('SIGKILL') };
}

/** Does not even accept, and its queue is full: who connects waits. */
async function startSilentServer(): Promise<Child> {
  const { port, child } = await startServerProgram(`process.kill(process.pid, 'SIGSTOP');`);
  const fillers = Array.from({ length: 4 }, () => net.connect(port, '127.0.0.1').on('error', () => undefined));
  await until('a full queue', () => attemptsTo(port) > 0);
  fillers.forEach((socket) => socket.connecting && socket.destroy());
  await until('the connections that wait to be gone', () => attemptsTo(port) === 0);
  return {
    port,
    end: () => {
      child.kill('SIGKILL');
      fillers.forEach((socket) => socket.destroy());
    },
  };
}

/** Sockets on this computer that have asked for a connection to that port and got no answer. */
function attemptsTo(port: number): number {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const synSent = '02';
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.map((line) => line.trim().split(/\s+/)).filter(([, , to, state]) => to === remote && state === synSent)
    .length;
}
