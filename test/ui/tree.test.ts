import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { installExtension } from '../tools/lib/server.mjs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { packHelper } from './helperExtension';
import { startPeer, Steps, until } from './steps';

/** Another extension, which makes by the API what no command of ours makes. */
const helper = `
const vscode = require('vscode');
exports.activate = async (context) => {
  const ours = vscode.extensions.getExtension('network-processes.network-processes');
  const core = (await ours.activate()).getAPI(1);
  const register = (name, run) =>
    context.subscriptions.push(vscode.commands.registerCommand('helper.' + name, run));
  register('properties', () => core.makeNetworkProcess({
    name: 'with properties', server: true, service: true,
    plist: { color: 'green', number: 7, '[x](command:y) \\u202e': ['a', null] },
  }));
  register('thousand', () => Promise.all(Array.from({ length: 1000 }, () =>
    core.makeNetworkProcess({ name: 'many', type: 'datagram', server: true, service: true }))));
};`;

const details = [
  'Contact',
  'Properties',
  'Socket Options',
  'Process Buffer',
  'Coding',
  'Query Before Kill',
  'Traffic',
  'Capture',
  'Times',
];

describe('The tree', () => {
  let folder: string;
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-tree-`);
    const dataDir = `${folder}/data`;
    await installExtension(packHelper(folder, ['Properties', 'Thousand'], helper), dataDir);
    session = await startSession({ dataDir, height: 1000 });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => steps.clear());

  const labels = async (): Promise<string[]> => (await steps.rows()).map((row) => row.label);
  const entries = async (): Promise<Record<string, string | undefined>> =>
    Object.fromEntries((await steps.rows()).filter((r) => r.level === 3).map((r) => [r.label, r.description]));

  it('welcomes with two buttons when empty, and again when all were deleted; a badge counts what lives', async () => {
    const welcome = await steps.welcome();
    assert.deepEqual(welcome.buttons, ['Open Connection', 'Start Server']);
    assert.match(welcome.texts.join(' '), /No network processes/);
    assert.equal(await steps.badge(), '');
    await steps.serve('TCP', '0');
    await workbench.until('a badge of 1', async () => (await steps.badge()) === '1');
    await steps.serve('UDP', '0');
    await workbench.until('a badge of 2', async () => (await steps.badge()) === '2');
    await steps.delete('TCP server');
    await workbench.until('a badge of 1', async () => (await steps.badge()) === '1');
    await steps.delete('UDP server');
    await workbench.until('no badge', async () => (await steps.badge()) === '');
    assert.deepEqual((await steps.welcome()).buttons, ['Open Connection', 'Start Server']);
  });

  it('has servers with their clients first, then connections; states in words', async () => {
    const peer = await startPeer();
    try {
      await steps.open('TCP', peer.address);
      await steps.serve('TCP', '0');
      const server = await steps.row('TCP server');
      const [, address = '', port = ''] = /(127\.0\.0\.1:(\d+))/.exec(server.description ?? '') ?? [];
      await steps.open('TCP', port);
      await steps.rowSays('TCP server', `listen · ${address} · 1 client`);
      await steps.expand('TCP server');
      const client = await steps.row(/^TCP server <127\.0\.0\.1:\d+>$/);
      assert.equal(client.level, 2);
      assert.equal(client.description, `open · ${/<(.*)>/.exec(client.label)?.[1]}`);
      assert.deepEqual(await labels(), ['TCP server', client.label, ...details, peer.address, `localhost:${port}`]);
      assert.equal((await steps.row(peer.address)).description, `open · ${peer.address}`);
      assert.equal((await steps.row(peer.address)).ariaLabel.includes('TCP connection'), true);
      await workbench.until('a badge of 4', async () => (await steps.badge()) === '4');

      // The client stays where it was when it has ended, and the server counts it no more.
      await steps.delete(`localhost:${port}`);
      await steps.rowSays(client.label, /^closed · .*connection broken by remote peer/);
      assert.equal((await steps.row('TCP server')).description, `listen · ${address}`);
      assert.equal((await steps.row(client.label)).level, 2);
    } finally {
      await peer.close();
    }
  });

  it('tells all about a process below it', async () => {
    const peer = await startPeer();
    try {
      await steps.open('TCP', peer.address);
      (await peer.socket()).write('12345');
      await steps.rowSays(peer.address, '5 B in');
      await steps.expand(peer.address);
      await steps.row('Times');
      const rows = (await steps.rows()).filter((row) => row.level === 2);
      assert.deepEqual(
        rows.map((row) => row.label),
        details,
      );
      const [, properties, , buffer, coding, , traffic, capture, times] = rows.map((row) => row.description);
      assert.equal(properties, 'none');
      assert.equal(buffer, `*${peer.address}*`);
      assert.match(coding ?? '', /^\S+ \/ utf-8-unix$/);
      assert.equal(traffic, '5 B in, 0 B out');
      assert.equal(capture, '5 B');
      assert.match(times ?? '', /^created \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, open \d{4}-/);
      await steps.expand('Contact');
      await steps.row('service');
      const contact = await entries();
      assert.equal(contact['name'], peer.address);
      assert.equal(contact['host'], '127.0.0.1');
      assert.equal(contact['service'], String(peer.port));
      assert.equal(contact['remote'], peer.address);
      assert.match(contact['local'] ?? '', /^127\.0\.0\.1:\d+$/);
    } finally {
      await peer.close();
    }
  });

  it('tells every property, harmlessly', async () => {
    await workbench.command('Helper: Properties');
    await steps.expand('with properties');
    await steps.expand('Properties');
    await steps.row('color');
    assert.deepEqual(await entries(), { color: 'green', number: '7', '[x] (command:y) \\u202e': "[ 'a', null ]" });
  });

  it('edits properties and the query flag', async () => {
    await workbench.command('Helper: Properties');
    const row = 'with properties';
    await steps.expand(row);
    const said = async (label: string, description: string): Promise<void> => {
      await workbench.until(
        `${label} to be ${description}`,
        async () => (await steps.row(label)).description === description,
      );
    };
    await said('Query Before Kill', 'yes');
    await steps.action('Query Before Kill', 'Toggle Query Before Kill');
    await said('Query Before Kill', 'no');
    await steps.expand('Properties');
    await steps.row('color');

    await steps.action('color', 'Edit Property…');
    assert.equal(await steps.answerBox('color: ', '"dark" green'), 'green');
    await said('color', '"dark" green');
    await steps.action('number', 'Edit Property…');
    assert.equal(await steps.answerBox('number: ', '[1, {"a": null}]'), '7');
    await said('number', '[ 1, { a: null } ]');
    await steps.action('number', 'Remove Property');
    await steps.noRow('number');

    await steps.action('Properties', 'Add Property…');
    await steps.answerBox('The name of the property', 'owner');
    assert.equal(await steps.answerBox('owner: ', '42'), '');
    await said('owner', '42');

    await steps.focusTree(row);
    await steps.menu(row, 'Add Property…');
    await workbench.waitQuick('Add Property: with properties');
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.command('Remove Property');
    await workbench.waitQuick('Remove Property: with properties');
    await workbench.acceptQuick();
    await steps.noRow('color');
    await steps.delete(row);
    await steps.noMessages();
  });

  it('sets where a datagram process sends to', async () => {
    const [first, second] = [await datagramPeer(), await datagramPeer()];
    try {
      await steps.open('UDP', first.address);
      await steps.menu(first.address, 'Set Datagram Peer…');
      assert.equal(await steps.answerBox('goes there from now on', second.address), first.address);
      await steps.rowSays(first.address, `peer ${second.address}`);
      await steps.action(first.address, 'Send…');
      await workbench.waitQuick('Send to');
      await steps.sendText('hello');
      await until('the datagram', () => second.received.join() === 'hello');
      assert.deepEqual(first.received, []);
      await steps.command('Set Datagram Peer…');
      await workbench.waitQuick('Set Datagram Peer');
      await workbench.fillQuick('[::1]:5000');
      await workbench.until('the problem', async () => (await workbench.quick())?.message?.includes('is for IPv4'));
      await workbench.press('Escape');
      await steps.noMessages();
    } finally {
      first.close();
      second.close();
    }
  });

  it('takes every click, also on a row that is drawn anew all the time', async () => {
    const peers = [await startPeer(), await startPeer()];
    let traffic: NodeJS.Timeout | undefined;
    try {
      for (const { address } of peers) await steps.open('TCP', address);
      const sockets = await Promise.all(peers.map((peer) => peer.socket()));
      traffic = setInterval(() => sockets.forEach((socket) => socket.write('more of it\n')), 10);
      for (let i = 0; i < 20; i++) {
        const { address } = peers[i % 2]!;
        await steps.click(address);
        await workbench.waitActiveTab(`*${address}*`);
      }
      await steps.noMessages();
    } finally {
      clearInterval(traffic);
      await Promise.all(peers.map((peer) => peer.close()));
    }
  });

  it('keeps what has ended: dimmed, readable in light and dark, its name free for others', async () => {
    const peer = await startPeer();
    try {
      await steps.open('TCP', peer.address);
      (await peer.socket()).end();
      await steps.rowSays(peer.address, /^closed · .* · connection broken by remote peer$/);
      const finished = (await steps.row(peer.address)).description;
      // Another one of that name needs no number.
      await steps.open('TCP', peer.address);
      await workbench.until('both', async () => (await labels()).join() === [peer.address, peer.address].join());
      assert.deepEqual(
        (await steps.rows()).map((row) => row.description),
        [finished, `open · ${peer.address}`],
      );
      for (const theme of ['dark', 'light'] as const) {
        await workbench.setTheme(theme);
        const [dim, bright] = await workbench.until('their colours to differ', async () => {
          const colors = await colorsOfRows(workbench);
          return colors.length === 2 && colors[0]!.color !== colors[1]!.color && colors;
        });
        assert.ok(contrast(dim!) >= 4.5, `${theme}: ${JSON.stringify(dim)}`);
        assert.ok(contrast(bright!) > contrast(dim!), `${theme}: ${JSON.stringify([dim, bright])}`);
      }
    } finally {
      await peer.close();
    }
  });

  it('shows the present peer of a datagram row, to which Send goes; asks for one where there is none', async () => {
    const [first, second] = [await datagramPeer(), await datagramPeer()];
    try {
      await steps.serve('UDP', '0');
      const { description } = await steps.rowSays('UDP server', /^open · .* · no peer yet$/);
      const port = Number(/:(\d+) /.exec(description ?? '')?.[1]);
      await steps.action('UDP server', 'Send…');
      const ask = await workbench.waitQuick('Send to…');
      assert.match(ask.message ?? '', /^UDP server has no peer yet: type the address to send to/);
      await workbench.fillQuick('nowhere');
      await workbench.waitQuickMessage('Type the port as a number.');
      await workbench.fillQuick(first.address);
      await workbench.untilNot('it to be accepted', async () => (await workbench.quickMessage()).severity);
      await workbench.acceptQuick();
      assert.match((await workbench.waitQuick(first.address)).title, /^Send to 127/);
      await steps.sendText('hello');
      await until('the datagram', () => first.received.join() === 'hello');
      await steps.rowSays('UDP server', `peer ${first.address} · 5 B out`);

      second.send('from another', port);
      await steps.rowSays('UDP server', `peer ${second.address} · 12 B in`);
      await steps.action('UDP server', 'Send…');
      assert.equal((await workbench.waitQuick('Send to')).title, `Send to ${second.address}`);
      await steps.sendText('back');
      await until('the datagram', () => second.received.join() === 'back');
      assert.deepEqual(first.received, ['hello']);

      // Whoever writes while the user types must not get what was meant for another.
      await steps.action('UDP server', 'Send…');
      assert.equal((await workbench.waitQuick('Send to')).title, `Send to ${second.address}`);
      first.send('listen to me', port);
      await steps.rowSays('UDP server', `peer ${first.address} · `);
      await steps.sendText('secret');
      await until('the datagram', () => second.received.join() === 'back,secret');
      assert.deepEqual(first.received, ['hello']);
      await steps.noMessages();
    } finally {
      first.close();
      second.close();
    }
  });

  it('stays usable with a thousand rows', async () => {
    await workbench.command('Helper: Thousand');
    await workbench.until('a badge', async () => /^1(,?000|K)$/.test(await steps.badge()));
    const peer = await startPeer();
    try {
      await steps.open('TCP', peer.address);
      // By what is drawn: to read all rows takes a walk through the tree.
      const row = workbench.page.locator('.part.panel .pane .monaco-list-row', { hasText: peer.address });
      const rowSays = (text: string): Promise<boolean> =>
        workbench.until(`the row to say ${text}`, async () => (await row.innerText()).includes(text));
      const click = async (action: string): Promise<void> => {
        await row.hover();
        await row.locator(`.actions .action-label[aria-label^="${action}"]`).click();
      };
      await workbench.until('the last row', async () => {
        await steps.command('Focus on Processes View');
        await workbench.press('End');
        return row.isVisible();
      });
      (await peer.socket()).write('hello\n');
      await workbench.waitEditorText('hello');
      await rowSays('6 B in');
      await click('Stop');
      await rowSays('stop');
      await click('Delete');
      await steps.answerDelete(`${peer.address} is running; delete it?`);
      await workbench.untilNot('it to go', () => row.isVisible());

      await steps.command('Focus on Processes View');
      await workbench.press('Mod+a', 'Delete');
      await steps.answerDelete('1000 processes are running; delete them?');
      await workbench.until('no badge', async () => (await steps.badge()) === '', 20_000);
      assert.deepEqual((await steps.welcome()).buttons, ['Open Connection', 'Start Server']);
      assert.deepEqual(workbench.pageErrors, []);
      await steps.noMessages();
    } finally {
      await peer.close();
    }
  });
});

interface Colors {
  readonly color: string;
  readonly background: string;
}

/** Of the rows' names, from the top, and what is behind them. */
async function colorsOfRows(workbench: Workbench): Promise<Colors[]> {
  return workbench.page.evaluate<Colors[]>(`
    [...document.querySelectorAll('.part.panel .pane .monaco-list-row .label-name')].map((label) => {
      let behind = label;
      const colorOf = (e) => getComputedStyle(e).backgroundColor;
      while (behind.parentElement && /^(transparent|rgba\\(.*, 0\\))$/.test(colorOf(behind))) behind = behind.parentElement;
      return { color: getComputedStyle(label).color, background: colorOf(behind) };
    })`);
}

/** The contrast ratio of the Web Content Accessibility Guidelines. */
function contrast({ color, background }: Colors): number {
  const [a, b] = [luminance(color), luminance(background)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

interface DatagramPeer {
  readonly address: string;
  readonly received: string[];
  send(text: string, port: number): void;
  close(): void;
}

async function datagramPeer(): Promise<DatagramPeer> {
  const received: string[] = [];
  const socket = createSocket('udp4', (data) => received.push(data.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    received,
    send: (text, port) => socket.send(text, port, '127.0.0.1'),
    close: () => void socket.close(),
  };
}
