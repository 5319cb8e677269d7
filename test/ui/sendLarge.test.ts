import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { Steps, until } from './steps';

const size = 50_000_000;
const lines = `${'0123456789äöü€😀'.repeat(8)}\n`.repeat(4_000);

/** A server that says what it got, and reads only while it is let. */
async function startSink(reads: boolean): Promise<{
  readonly address: string;
  readonly socket: net.Socket;
  readonly bytes: number;
  hash(): string;
  close(): void;
}> {
  const sum = createHash('sha256');
  let bytes = 0;
  let socket: net.Socket | undefined;
  const server = net.createServer({ pauseOnConnect: !reads }, (it) => {
    socket = it;
    it.on('error', () => undefined);
    // A listener would let it read.
    const listen = (): unknown =>
      it.on('data', (data) => {
        sum.update(data);
        bytes += data.length;
      });
    if (reads) listen();
    else it.once('resume', listen);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get socket() {
      return socket!;
    },
    get bytes() {
      return bytes;
    },
    hash: () => sum.digest('hex'),
    close: () => {
      socket?.destroy();
      server.close();
    },
  };
}

describe('Sending what is large', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let folder: string;
  let file: string;
  let fileHash: string;
  let closing: (() => void)[];

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-large-`);
    const bytes = randomBytes(size);
    file = join(folder, 'random.bin');
    fileHash = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(file, bytes);
    session = await startSession({ files: { 'lines.txt': lines, 'small.bin': 'a\0b' } });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    closing = [];
  });

  afterEach(async () => {
    await steps.clear();
    closing.forEach((close) => close());
  });

  async function connect(reads = true): Promise<Awaited<ReturnType<typeof startSink>>> {
    const sink = await startSink(reads);
    closing.push(() => sink.close());
    await steps.open('TCP', sink.address);
    await steps.rowSays(sink.address, 'open');
    await until('the peer has it', () => sink.socket);
    return sink;
  }

  async function sendFile(address: string, path = file): Promise<void> {
    await steps.menu(address, 'Send File…');
    await workbench.answerFileDialog(`Send File to ${address}`, path);
  }

  /** The message of the send under way; it says that nothing moves. */
  const standing = (address: string): Promise<unknown> =>
    workbench.waitNotification(
      new RegExp(`^Sending random.bin to ${address}: .* of 50 MB; the peer does not read, .* waiting`),
    );

  it('a file of 50 MB arrives byte for byte', async () => {
    const sink = await connect();
    await sendFile(sink.address);
    await workbench.waitNotification(`Sent random.bin to ${sink.address}: 50 MB.`, 60_000);
    await until('all to be there', () => sink.bytes === size);
    assert.equal(sink.hash(), fileHash);
    await steps.rowSays(sink.address, /50 MB out$/);
  });

  it('waits for a peer that does not read, keeps others out, and can be cancelled at once', async () => {
    const sink = await connect(false);
    await sendFile(sink.address);
    await standing(sink.address);
    await steps.rowSays(sink.address, /kB waiting|MB waiting/);

    await steps.action(sink.address, 'Send…');
    await workbench.waitNotification(`Something large is being sent to ${sink.address}`);
    await steps.menu(sink.address, 'Send File…');
    await steps.menu(sink.address, 'Send EOF');
    await steps.menu(sink.address, 'Open Terminal');
    await workbench.focusTerminal();
    await workbench.page.keyboard.type('in between');
    await workbench.press('Enter');
    await workbench.waitTerminalText(/Something\s+large\s+is\s+being\s+sent/);
    await steps.showTree();
    assert.equal(await workbench.quick(), null);

    await workbench.clickNotification('Sending random.bin', 'Cancel');
    const { message } = await workbench.waitNotification('Cancelled');
    const taken = /^Cancelled: \S+ took (.*) of 50 MB; (.*) more were waiting already/.exec(message);
    assert.ok(taken, message);
    // What was waiting still goes, and nothing more; then others may send again.
    sink.socket.resume();
    await steps.rowSays(sink.address, /^open · \S+ · [\d.]+ MB out$/);
    await workbench.clearNotifications();
    await steps.sendFrom(sink.address, 'after');
    await until('it to arrive', () => sink.bytes % 1024 === 'after\n'.length);
    assert.ok(sink.bytes < size);
  });

  it('goes on when the peer reads again', async () => {
    const sink = await connect(false);
    await sendFile(sink.address);
    await standing(sink.address);
    sink.socket.resume();
    await workbench.waitNotification('Sent random.bin', 60_000);
    await until('all to be there', () => sink.bytes === size);
    assert.equal(sink.hash(), fileHash);
  });

  it('says how much a peer took that resets the connection', async () => {
    const sink = await connect(false);
    await sendFile(sink.address);
    await standing(sink.address);
    sink.socket.resetAndDestroy();
    await steps.rowSays(sink.address, 'closed');
    const { message, severity } = await steps.onlyMessage(`${sink.address} took`);
    assert.match(message, /took [\d.]+ [kM]B of 50 MB\. .*reconnect/);
    assert.equal(severity, 'error');
  });

  it('a selection goes in pieces, and arrives as it is', async () => {
    const sink = await connect();
    await workbench.openFile('lines.txt');
    await workbench.selectAllInEditor();
    await steps.command('Send Selection');
    await workbench.waitNotification(
      `Sent the selection to ${sink.address}: ${lines.length.toLocaleString('en')} characters.`,
    );
    const bytes = Buffer.from(lines);
    await until('all to be there', () => sink.bytes === bytes.length);
    assert.equal(sink.hash(), createHash('sha256').update(bytes).digest('hex'));
  });

  it('a file can be chosen in the explorer', async () => {
    const sink = await connect();
    await workbench.page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'small.bin' })
      .click({ button: 'right' });
    // A menu takes no click before it has stood for a moment.
    const item = workbench.page.locator('.monaco-menu .action-menu-item', { hasText: 'Send File…' });
    await workbench.until('the menu to do it', async () => {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      await workbench.page.waitForTimeout(300);
      return !(await item.isVisible());
    });
    await workbench.waitNotification(`Sent small.bin to ${sink.address}: 3 B.`);
    await until('it to be there', () => sink.bytes === 3);
  });

  it('a datagram takes a file as one, or says its limit', async () => {
    const peer = createSocket('udp4').bind(0, '127.0.0.1');
    closing.push(() => peer.close());
    await once(peer, 'listening');
    const got: Buffer[] = [];
    peer.on('message', (message) => got.push(message));
    const address = `127.0.0.1:${peer.address().port}`;
    await steps.open('UDP', address);
    await steps.rowSays(address, 'open');
    const [most, over] = [join(folder, 'most.bin'), join(folder, 'over.bin')];
    const bytes = randomBytes(65_507);
    writeFileSync(most, bytes);
    writeFileSync(over, Buffer.alloc(65_508));
    await sendFile(address, most);
    await workbench.waitNotification(`Sent most.bin to ${address}: 66 kB.`);
    await until('it to arrive', () => got.length === 1);
    assert.ok(got[0]!.equals(bytes));
    await sendFile(address, over);
    await workbench.waitNotification('over.bin has 65,508 bytes, and a datagram takes 65,507 at most');
    assert.equal(got.length, 1);
  });

  it('nothing, or what is no file, is refused in words', async () => {
    const sink = await connect();
    const empty = join(folder, 'empty.bin');
    writeFileSync(empty, '');
    await sendFile(sink.address, empty);
    await workbench.waitNotification('empty.bin is empty: there is nothing to send.');
    await steps.menu(sink.address, 'Send File…');
    await workbench.waitFileDialog(`Send File to ${sink.address}`);
    await workbench.cancelQuick();
    assert.equal(sink.bytes, 0);
  });
});
