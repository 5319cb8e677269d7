import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { startSession, type Session } from '../tools/lib/session.mjs';
import { freePort, startPeer, Steps, storage, until } from './steps';

describe('A window', () => {
  let folder: string;
  let session: Session | undefined;

  before(() => {
    folder = mkdtempSync(`${tmpdir()}/netproc-lifecycle-`);
  });

  afterEach(async () => {
    await session?.close();
    session = undefined;
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('that is reloaded ends its processes; nothing connects again, and no tab shows the old text', async () => {
    session = await startSession();
    const { workbench } = session;
    const steps = new Steps(workbench);
    const [peer, port, path] = [await startPeer(), await freePort(), `${folder}/socket`];
    try {
      await steps.showTree();
      await steps.serve('Unix socket', path);
      await steps.row('Unix server socket');
      await steps.serve('TCP', String(port));
      await steps.row(`TCP server ${port}`);
      await steps.open('TCP', peer.address);
      await steps.rowSays(peer.address, 'open');
      const socket = await peer.socket();
      socket.write('hello\n');
      await workbench.waitEditorText('hello', `*${peer.address}*`);
      assert.equal(await connects({ port }), true);
      assert.equal(await connects({ path }), true);

      await workbench.command('Developer: Reload Window');
      const gone = Date.now() + 5000;
      await until('the peer to hear of the end', () => socket.readableEnded || socket.destroyed, gone - Date.now());
      await until('the file to go', () => !existsSync(path), gone - Date.now());
      await until('the port to close', async () => !(await connects({ port })), gone - Date.now());

      await workbench.until(
        'the window',
        () => workbench.page.locator('.monaco-workbench .part.panel').isVisible(),
        60_000,
      );
      await steps.showTree();
      assert.deepEqual((await steps.welcome()).buttons, ['Open Connection', 'Start Server']);
      assert.deepEqual(await steps.rows(), []);
      assert.equal(await steps.badge(), '');
      assert.equal(peer.sockets.length, 1);
      await steps.noMessages();
      // Not every VS Code brings documents back that only an extension has; those that are back tell.
      const restored = await steps.tabs();
      for (const name of restored) {
        await workbench.clickTab(name);
        await workbench.waitEditorText('ended with its window; nothing was reconnected.', name);
      }

      // A new process of the same name has a document of its own.
      await steps.open('TCP', peer.address);
      await steps.rowSays(peer.address, 'open');
      (await peer.socket(1)).write('again\n');
      await workbench.waitEditorText('again');
      assert.equal((await steps.tabs()).length, restored.length + 1);
    } finally {
      await peer.close();
    }
  });

  it('whose extension host crashes leaves captures, which the next one removes', async () => {
    session = await startSession();
    const { workbench, server } = session;
    const steps = new Steps(workbench);
    const [peer, captures] = [await startPeer(), `${storage(session)}/captures`];
    try {
      await steps.showTree();
      await steps.open('TCP', peer.address);
      (await peer.socket()).write('hello\n');
      const left = await until('a capture', () => (existsSync(captures) ? readdirSync(captures)[0] : undefined));
      await until('it to be written', () => readdirSync(`${captures}/${left}`).length > 0);
      // The name has the number of the process whose captures they are.
      process.kill(Number(left.split('-')[1]), 'SIGKILL');
      await until('the peer to hear of the end', () => peer.sockets[0]!.readableEnded || peer.sockets[0]!.destroyed);

      await workbench.open(server.url());
      await steps.showTree();
      await until('the captures to go', () => readdirSync(captures).length === 0);
    } finally {
      await peer.close();
    }
  });

  it('in restricted mode starts nothing by itself, and does what its user says', async () => {
    const port = await freePort();
    const settings = {
      'networkProcesses.connect.timeout': 1,
      'networkProcesses.server.maxClients': 1,
      'networkProcesses.startServer': port,
    };
    session = await startSession({ trust: false, files: { '.vscode/settings.json': JSON.stringify(settings) } });
    const { workbench } = session;
    const steps = new Steps(workbench);
    await workbench.statusItem('Restricted Mode');
    await steps.showTree();
    assert.deepEqual((await steps.welcome()).buttons, ['Open Connection', 'Start Server']);
    assert.equal(await connects({ port }), false);

    await steps.serve('TCP', String(port));
    await steps.row(`TCP server ${port}`);
    // The folder's limit of one client does not count.
    const clients = [1, 2].map(() => net.connect(port, '127.0.0.1').on('error', () => undefined));
    try {
      await steps.rowSays(`TCP server ${port}`, /2 clients$/);
      clients[0]?.write('hello');
      await steps.expand(`TCP server ${port}`);
      await steps.row((row) => row.level === 2 && !!row.description?.endsWith('5 B in'));
    } finally {
      clients.forEach((client) => client.destroy());
    }
    await steps.noMessages();
  });
});

function connects(to: net.NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(to);
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
