import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { emacsClient } from '../support/peers/emacsClient';
import { freePort, needs, Programs, type Program } from '../support/peers/programs';
import { ProcessUser } from '../tools/check/user.mjs';
import { startDemo, type Demo } from '../tools/lib/demo.mjs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { TreeRow, Workbench } from '../tools/lib/workbench.mjs';

const gone = 'connection broken by remote peer';

describe('Real peers', () => {
  const programs = new Programs();
  let folder: string;
  let demo: Demo;
  let session: Session;
  let workbench: Workbench;
  let user: ProcessUser;

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-peers-`);
    demo = await startDemo(`${folder}/demo`);
    // High enough for all rows of a test.
    session = await startSession({ workspace: demo.folder, height: 1300 });
    ({ workbench } = session);
    user = new ProcessUser(workbench);
    await workbench.showPanel('Network Processes');
  });

  after(async () => {
    await session?.close();
    await demo?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await programs.endAll();
    if (!session) return;
    await deleteAll();
    await workbench.command('View: Close All Editors');
    await workbench.until('no tabs', async () => (await workbench.tabs()).length === 0);
    assert.deepEqual(await workbench.notifications(), []);
  });

  describe('that we connect to', () => {
    it('redis-server: commands, and a value of a megabyte there and back', async function () {
      needs(this, 'redis-server');
      const port = await freePort('tcp');
      const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
      await programs.start('redis-server', '--port', String(port), ...options).waitOutput('Ready to accept');
      const redis = await user.openConnection('TCP', `localhost:${port}`);
      await sendFirstLine('PING');
      await user.waitText(redis, '+PONG\n');
      await user.send('SET greeting "Grüß Gott"');
      await user.waitText(redis, '+PONG\n+OK\n');
      await user.send('GET greeting');
      await user.waitText(redis, '+PONG\n+OK\n$11\nGrüß Gott\n');

      const value =
        Array.from({ length: 62_500 }, (_, i) => `line ${String(i).padStart(9, '0')}`).join('\r\n') + '\r\n';
      assert.equal(value.length, 1_000_000);
      const set = ['*3', '$3', 'SET', '$3', 'big', `$${value.length}`, value, ''].join('\r\n');
      writeFileSync(`${demo.folder}/big.txt`, set);
      await workbench.openFile('big.txt');
      await workbench.selectAllInEditor();
      await user.command('Send Selection');
      await user.waitRow(redis.label, / · 1\.0 MB out$/);
      await workbench.waitNotification(
        `Sent the selection to ${redis.label}: ${set.length.toLocaleString('en')} characters.`,
      );
      await workbench.clearNotifications();
      await workbench.clickTab(`*${redis.label}*`);
      await user.waitText(redis, '+PONG\n+OK\n$11\nGrüß Gott\n+OK\n');
      assert.ok(
        (await ask(port, 'GET big\r\n', value.length + 12)) === `$1000000\r\n${value}\r\n`,
        'the value as redis has it',
      );

      await user.send('GET big');
      await workbench.waitEditorText(/line 000062498\nline 000062499\n\n$/, undefined, 20_000);
      await user.expand(redis);
      const traffic = await workbench.waitRow('Processes', (row) => row.label === 'Traffic');
      assert.equal(traffic.description, '1.0 MB in, 1.0 MB out');
      assert.deepEqual((await user.copyText(redis)).split('\n').slice(-3), ['line 000062499', '', '']);
      await user.send('QUIT');
      await workbench.waitEditorText(`\n+OK\n\n▸ Process ${redis.label} ${gone}\n`);
    });

    it('a web server: a selected request, the answer, the end', async function () {
      needs(this, 'python3');
      const page = '<!doctype html>\n<p>Grüße aus dem Netz\n';
      writeFileSync(`${folder}/index.html`, page);
      const options = ['--bind', '127.0.0.1', '--directory', folder];
      const server = programs.start('python3', '-u', '-m', 'http.server', '0', ...options);
      await server.waitOutput(/port \d+/);
      const port = /port (\d+)/.exec(server.output)?.[1];
      const web = await user.openConnection('TCP', `127.0.0.1:${port}`);
      await workbench.openFile('http.txt');
      await workbench.selectAllInEditor();
      await user.command('Send Selection');
      await user.waitRow(web.label, new RegExp(`^closed · 127\\.0\\.0\\.1:${port} · ${gone} · `));
      await workbench.clickTab(`*${web.label}*`);
      const text = await user.copyText(web);
      assert.match(text, /^HTTP\/1\.0 200 OK\nServer: SimpleHTTP/);
      assert.ok(text.endsWith(`\n\n${page}\n▸ Process ${web.label} ${gone}\n`), text);
      assert.match(server.complaints, /"GET \/ HTTP\/1\.1" 200/);
    });

    it('a UDP echo of socat: one datagram after the other', async function () {
      needs(this, 'socat');
      const port = await freePort('udp');
      await programs
        .start('socat', '-d', '-d', `UDP4-RECVFROM:${port},bind=127.0.0.1,fork`, 'PIPE')
        .waitComplaint(/receiving on/);
      const echo = await user.openConnection('UDP', `127.0.0.1:${port}`);
      assert.equal(await user.send('one'), `Send to 127.0.0.1:${port}`);
      await user.waitText(echo, 'one');
      await user.send('zwei: ü');
      await user.waitText(echo, 'onezwei: ü');
      await user.expand(echo);
      await workbench.waitRow(
        'Processes',
        (row) => row.description === '11 B in (2 datagrams), 11 B out (2 datagrams)',
      );
    });

    it('a Unix socket of socat: both ways, and its end', async function () {
      needs(this, 'socat');
      const path = `${folder}/theirs.sock`;
      const peer = programs.start('socat', '-d', '-d', `UNIX-LISTEN:${path}`, '-');
      await peer.waitComplaint('listening on');
      const connection = await user.openConnection('Unix socket', path);
      await user.waitRow(connection.label, new RegExp(`^open · ${path}$`));
      await user.send('to socat');
      await peer.waitOutput(/^to socat\n$/);
      peer.write('from socat\n');
      await user.waitText(connection, 'from socat\n');
      peer.endInput();
      await user.waitText(connection, `from socat\n\n▸ Process ${connection.label} ${gone}\n`);
    });
  });

  describe('that connect to us', () => {
    it('curl, nc, socat and Emacs at once: each in a buffer of its own, each answered', async function () {
      needs(this, 'curl', 'nc', 'socat', 'emacs');
      const server = await user.startServer('TCP');
      const port = ProcessUser.port(server);
      const quiet = ['-q', '-s', '--noproxy', '*', '-A', 'curl'];
      const curl = await join(server, [], 'curl', ...quiet, `http://127.0.0.1:${port}/what?q=1`);
      const nc = await join(server, [curl], 'nc', '-N', '127.0.0.1', String(port));
      const socat = await join(server, [curl, nc], 'socat', '-', `TCP4:127.0.0.1:${port}`);
      const emacs = await join(server, [curl, nc, socat], 'emacs', ...emacsClient(port, 'Emacs: naïve'));
      const clients = [curl, nc, socat, emacs];
      await user.waitRow('TCP server', / · 4 clients$/);
      socat.program.write('socat was here\n');
      nc.program.write('nc: first\nnc: second\n');

      const request = `GET /what?q=1 HTTP/1.1\nHost: 127.0.0.1:${port}\nUser-Agent: curl\nAccept: */*\n\n`;
      const texts = [request, 'nc: first\nnc: second\n', 'socat was here\n', 'Emacs: naïve\n'];
      await sayAll(clients, texts);

      await user.sendFrom(nc.row, 'to nc');
      await nc.program.waitOutput(/^to nc\n$/);
      await user.sendFrom(emacs.row, 'to Emacs: été');
      await emacs.program.waitOutput(/^to Emacs: été\n$/);
      await user.sendFrom(curl.row, String.raw`HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nto curl`);
      await curl.program.waitOutput(/^to curl\n$/);
      await user.sendFrom(socat.row, String.raw`to socat: \xff\\`);
      await socat.program.waitOutput(/^to socat: \ufffd\\\n$/);

      nc.program.endInput();
      socat.program.endInput();
      for (const { program } of clients) assert.equal(await program.waitEnd(), 0);
      const end = (label: string): string => `\n▸ Process ${label} ${gone}\n`;
      await sayAll(
        clients,
        texts.map((text, i) => text + end(clients[i]?.row.label ?? '')),
      );
      await user.show(server);
      const log = (await user.copyText(server)).split('\n').map((line) => line.replace(/^▸ \[[\d:]*\] /, ''));
      assert.deepEqual(log.slice(0, 5), [
        `listening on 127.0.0.1:${port}`,
        ...clients.map(({ row }) => `accept from 127.0.0.1 (${row.label})`),
      ]);
      assert.deepEqual(log.slice(5).sort(), ['', ...clients.map(({ row }) => `${row.label}: ${gone}`)].sort());
    });

    it('socat with datagrams: what it says, and the answer to it', async function () {
      needs(this, 'socat');
      const server = await user.startServer('UDP');
      assert.match(server.description ?? '', /no peer yet/);
      const program = programs.start('socat', '-', `UDP4:127.0.0.1:${ProcessUser.port(server)}`);
      program.write('knock\n');
      const { description = '' } = await user.waitRow('UDP server', / peer 127\.0\.0\.1:\d+ /);
      const peer = /peer (\S+)/.exec(description)?.[1];
      await workbench.waitEditorText(/^▸ \[[\d:]*\] listening on .*\nknock\n$/);
      assert.equal(await user.sendFrom(server, 'come in'), `Send to ${peer}`);
      await program.waitOutput(/^come in$/);
    });

    it('socat and nc by a Unix socket', async function () {
      needs(this, 'socat', 'nc');
      const path = `${folder}/ours.sock`;
      const server = await user.startServer('Unix socket', path);
      const socat = await join(server, [], 'socat', '-', `UNIX-CONNECT:${path}`);
      const nc = await join(server, [socat], 'nc', '-N', '-U', path);
      nc.program.write('nc\n');
      socat.program.write('socat\n');
      await sayAll([socat, nc], ['socat\n', 'nc\n']);
      await user.sendFrom(socat.row, 'to socat');
      await user.sendFrom(nc.row, 'to nc');
      await socat.program.waitOutput(/^to socat\n$/);
      await nc.program.waitOutput(/^to nc\n$/);
      nc.program.endInput();
      await user.waitRow(nc.row.label, new RegExp(`^closed .* ${gone}`));
      await user.waitRow(socat.row.label, /^open /);
    });
  });

  interface Joined {
    readonly row: TreeRow;
    readonly program: Program;
  }

  /** Starts a program that connects to a server of ours, and waits for its row. */
  async function join(server: TreeRow, before: Joined[], file: string, ...args: string[]): Promise<Joined> {
    const program = programs.start(file, ...args);
    const known = before.map(({ row }) => row);
    return { program, row: await user.waitClient(server, known) };
  }

  /** Waits until the clients' buffers say that, each its own text. */
  async function sayAll(clients: readonly Joined[], texts: readonly string[]): Promise<void> {
    for (const [i, { row }] of clients.entries()) {
      await user.show(row);
      await user.waitText(row, texts[i] ?? '');
    }
  }

  /** Deletes all processes, and kills the buffers that have tabs: their names are for the next test. */
  async function deleteAll(): Promise<void> {
    const top = async (): Promise<TreeRow | undefined> => (await user.rows()).find(({ level }) => level === 1);
    for (let row = await top(); row; row = await top()) {
      await user.delete(row);
    }
    await workbench.welcome('Processes');
    for (const { name } of (await workbench.tabs()).filter((tab) => tab.name.startsWith('*'))) {
      await workbench.clickTab(name);
      await user.command('Kill Process Buffer');
      await workbench.until(`${name} to close`, async () => !(await workbench.tabs()).some((tab) => tab.name === name));
    }
  }

  /** Sends a line that ends with CR and LF, as all that follow will. */
  async function sendFirstLine(text: string): Promise<void> {
    await user.command('Send…');
    await workbench.quickButton('Change Line Ending (now LF)');
    await workbench.waitQuickMessage('Line ending: CRLF');
    await user.answerSend(text);
  }
});

/** What a server answers to a request, as that many bytes. */
function ask(port: number, request: string, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(10_000, () => socket.destroy(new Error(`${answer.length} bytes of ${length}`)));
    socket.on('error', reject);
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if (answer.length < length) return;
      socket.destroy();
      resolve(answer);
    });
  });
}
