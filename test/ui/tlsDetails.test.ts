import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import tls from 'node:tls';
import { throwawayCertificate } from '../../src/core/tls/throwaway';
import { needs } from '../support/peers/programs';
import { root } from '../tools/lib/paths.mjs';
import { installExtension } from '../tools/lib/server.mjs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Quick, TreeRow, Workbench } from '../tools/lib/workbench.mjs';
import { packHelper } from './helperExtension';
import { startPeer, Steps } from './steps';

/** Another extension, which does by the API what a file says. */
const helper = (file: string): string => `
const vscode = require('vscode');
exports.activate = async (context) => {
  const ours = vscode.extensions.getExtension('network-processes.network-processes');
  const core = (await ours.activate()).getAPI(1);
  const run = () => new Function('core', require('node:fs').readFileSync(${JSON.stringify(file)}, 'utf8'))(core);
  context.subscriptions.push(vscode.commands.registerCommand('helper.run', run));
};`;

interface TlsPeer {
  readonly port: number;
  readonly sockets: tls.TLSSocket[];
  close(): void;
}

/** A server under TLS. */
async function startTlsPeer(options: tls.TlsOptions): Promise<TlsPeer> {
  const sockets: tls.TLSSocket[] = [];
  const server = tls.createServer(options, (socket) => sockets.push(socket.on('error', () => undefined)));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return { port: (server.address() as AddressInfo).port, sockets, close };
}

describe('What TLS shows', () => {
  let folder: string;
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let closing: (() => unknown)[];

  before(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-tls-`);
    const dataDir = `${folder}/data`;
    await installExtension(packHelper(folder, ['Run'], helper(`${folder}/script.js`)), dataDir);
    session = await startSession({ dataDir, height: 1000 });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });
  beforeEach(() => {
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing) await close();
    await steps.clear();
  });
  after(async () => {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Has the other extension do that, with `core`. */
  const run = async (script: string): Promise<void> => {
    writeFileSync(`${folder}/script.js`, script);
    await workbench.command('Helper: Run');
  };
  /** The question is the user's alone to answer. */
  const trust = async (answer: string): Promise<Quick> => {
    const asked = await workbench.until('the question of trust', async () => {
      const quick = await workbench.quick();
      return quick?.title.startsWith('Trust ') && quick.items.length > 3 && quick;
    });
    await workbench.pickQuick(answer);
    return asked;
  };
  /** The rows below one, as far as they are shown. */
  const below = async (label: string): Promise<TreeRow[]> => {
    const rows = await steps.rows();
    const from = rows.findIndex((row) => row.label === label);
    const rest = rows.slice(from + 1);
    const end = rest.findIndex(({ level }) => level <= rows[from]!.level);
    return end < 0 ? rest : rest.slice(0, end);
  };
  const factsBelow = async (label: string): Promise<Record<string, string | undefined>> =>
    Object.fromEntries((await below(label)).map((row) => [row.label, row.description]));
  /** Opens the certificates of the only row that is open, and waits for them. */
  const certificates = async (count: number): Promise<string[]> => {
    await steps.expand('Certificates');
    return workbench.until(`${count} certificates`, async () => {
      const rows = await below('Certificates');
      return rows.length === count && rows.map(({ label }) => label);
    });
  };
  const peerWith = async (options: tls.TlsOptions): Promise<TlsPeer> => {
    const peer = await startTlsPeer(options);
    closing.push(() => peer.close());
    return peer;
  };
  const tlsTitle = 'Show TLS Details';

  it('a row, its children and a document to read and copy, also when the peer has gone', async function () {
    needs(this, 'openssl');
    const made = `${folder}/certificates`;
    const maker = `${root}/test/conformance/peers/gen-certs.mjs`;
    execFileSync(process.execPath, [maker, made], { stdio: 'ignore' });
    const read = (name: string): string => readFileSync(`${made}/${name}`, 'utf8');
    const chain = [read('good.pem'), read('ca.pem')].join('');
    const peer = await peerWith({ cert: chain, key: read('good.key'), ALPNProtocols: ['imap'] });
    assert.deepEqual(await workbench.commandTitles(tlsTitle), []);
    await run(`return core.openNetworkStream('mail', 'mail', 'localhost', ${peer.port}, { type: 'tls', tlsParameters: {
      trustfiles: [${JSON.stringify(`${made}/ca.pem`)}], ALPNProtocols: ['imap'] } })`);
    await steps.rowSays('mail', `open · TLS 1.3 · localhost:${peer.port}`);
    assert.match((await steps.row('mail')).ariaLabel, /mail, TLS connection, open, TLS 1\.3, /);

    await steps.expand('mail');
    await steps.expand('TLS');
    await steps.row('Cipher');
    const facts = await factsBelow('TLS');
    assert.deepEqual([facts['Protocol'], facts['MAC'], facts['ALPN']], ['TLS 1.3', 'AEAD', 'imap']);
    assert.match(facts['Cipher'] ?? '', /^(AES|CHACHA)/);
    assert.equal('Warning' in facts, false);
    await steps.collapse('TLS');
    const [host, authority] = await certificates(2);
    assert.equal(authority, 'CN=Test Authority');
    await steps.expand(host!);
    await steps.row('Serial Number');
    const told = await factsBelow(host!);
    assert.equal(told['Issuer'], 'CN=Test Authority');
    assert.match(told['Alternative Names'] ?? '', /DNS:localhost, IP Address:127\.0\.0\.1/);
    assert.match(told['Key Pin'] ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.match(told['Valid To'] ?? '', /^\d{4}-\d\d-\d\d$/);

    await steps.menu('mail', tlsTitle);
    await workbench.waitActiveTab('mail (TLS)');
    const text = await workbench.waitEditorText(/Certificate 2 of 2/);
    assert.match(text, /Status: +open/);
    const copied = await workbench.copyEditor();
    assert.deepEqual(copied.match(/-----BEGIN[^]*?END CERTIFICATE-----/g), chain.match(/-----BEGIN[^]*?END CERTIFICATE-----/g)); // prettier-ignore
    await workbench.focusEditor();
    await workbench.press('x');
    await workbench.page.waitForTimeout(300);
    assert.equal(await workbench.copyEditor(), copied);

    // The same tab by the palette, and by the row's child.
    await steps.command(tlsTitle);
    await steps.action('Certificates', tlsTitle);
    await workbench.waitActiveTab('mail (TLS)');
    assert.equal((await steps.tabs()).filter((name) => name === 'mail (TLS)').length, 1);

    await workbench.focusEditor();
    await workbench.press('Mod+Home');
    peer.sockets[0]!.end();
    await steps.rowSays('mail', /^closed · localhost/);
    await workbench.waitEditorText(/Status: +closed/);
    await steps.row('TLS');
    assert.equal((await steps.row('Certificates')).description, host);
    await steps.delete('mail');
    assert.deepEqual(await workbench.commandTitles(tlsTitle), []);
  });

  it('encryption that comes later, by the keyboard', async () => {
    const { key, cert } = throwawayCertificate(['good, sha256:0000', 'localhost'], 1);
    const server = JSON.stringify({ key, cert });
    await run(`
      return core.makeNetworkProcess({ name: 'upgrading', server: true, service: true, family: 'ipv4',
        filter: (process) => core.gnutlsNegotiate({ process, ...${server}, reply: 'OK' }) })
      .then((server) => core.makeNetworkProcess({ name: 'later', buffer: 'later', host: 'localhost', family: 'ipv4',
        service: core.processContact(server, 'service') }))`);
    await steps.rowSays('later', /^open · localhost/);
    await steps.expand('later');
    await steps.row('Times');
    assert.equal((await below('later'))[0]?.label, 'Contact');
    assert.equal((await steps.menuItems('later')).includes(tlsTitle), false);
    await run(`return core.processSendString(core.getProcess('later'), 'STARTTLS')`);
    await steps.rowSays('later', '2 B in');
    await run(`return core.gnutlsNegotiate({ process: core.getProcess('later') })`);
    // What the peer says of itself stands whole where it says it; a key of its own has only the line of the key.
    const { items: told } = await trust('This Session');
    const saying = (start: string) => told.find(({ label }) => label.startsWith(start));
    assert.match(saying('Subject: ')?.label ?? '', /^Subject: CN=.*good.*, sha256:0000/);
    assert.equal(saying('Subject: ')?.detail ?? '', '');
    const pin = saying('Key: ')?.detail ?? '';
    assert.match(pin, /^sha256:[0-9a-f]{64}$/);
    await steps.rowSays('later', /^open · TLS 1\.3 unverified · localhost/);
    await workbench.until('the children', async () => (await below('later'))[0]?.label === 'TLS');
    await steps.expand('TLS');
    const warnings = await workbench.until('warnings', async () => {
      const shown = (await below('TLS')).filter(({ label }) => label === 'Warning');
      return shown.length > 0 && shown.map(({ description }) => description);
    });
    assert.ok(warnings.includes('the certificate is signed by itself'), String(warnings));

    // The only encrypted processes are the two ends of it: the palette asks for which.
    await steps.command(tlsTitle);
    await workbench.waitQuick(tlsTitle);
    await workbench.fillQuick('later');
    await workbench.press('Enter');
    await workbench.waitActiveTab('later (TLS)');
    await workbench.waitEditorText(/Warning: +the certificate is signed by itself/);

    // What was accepted is remembered, and removed with Enter alone.
    await steps.command('Manage Trusted Hosts…');
    await workbench.waitQuick('Trusted Hosts');
    const { items } = (await workbench.quick())!;
    assert.match(items[0]?.label ?? '', /^localhost:\d+$/);
    assert.match(items[0]?.description ?? '', /^sha256:[0-9a-f]{12}… · this session · \d{4}-/);
    assert.match(items[0]?.detail ?? '', /^Accepted: .*the certificate is signed by itself/);
    await workbench.press('Enter');
    await workbench.waitQuick(items[0]!.label);
    // The whole key is there to be read: Enter does nothing with it.
    const keyRow = (await workbench.quick())!.items.find(({ label }) => label === 'Key');
    assert.equal(keyRow?.detail, pin);
    for (const press of ['ArrowDown', 'ArrowDown', 'Enter']) await workbench.press(press);
    const still = await workbench.until('the key to have been chosen', async () => {
      const quick = await workbench.quick();
      return quick?.items[2]?.focused && quick;
    });
    assert.deepEqual(still.items.map(({ label }) => label), ['Remove', 'Back', 'Key']); // prettier-ignore
    await workbench.pickQuick('Remove');
    await workbench.waitQuick('Trusted Hosts');
    await workbench.until('nothing', async () =>
      (await workbench.quick())?.items.some(({ label }) => label === 'Nothing is remembered about any host.'),
    );
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
  });

  it('a server with TLS, what it accepts, and the status bar', async () => {
    await run(`
      return core.makeNetworkProcess({ name: 'secure', server: true, service: true, family: 'ipv4',
        tlsParameters: { selfSigned: true } })
      .then((server) => core.makeNetworkProcess({ name: 'client', buffer: 'client', host: 'localhost', family: 'ipv4',
        service: core.processContact(server, 'service'), tlsParameters: {} }))`);
    await trust('Always');
    await steps.rowSays('secure', /^listen · TLS · 127\.0\.0\.1:\d+ · 1 client$/);
    await steps.expand('secure');
    const accepted = await steps.row(/^secure <127/);
    assert.match(accepted.description ?? '', /^open · TLS 1\.3 · 127/);
    assert.equal((await steps.menuItems('secure')).includes(tlsTitle), false);
    assert.ok((await steps.menuItems(accepted.label)).includes(tlsTitle));
    await steps.click('client');
    await workbench.waitActiveTab('client');
    const item = await workbench.statusItem(/client: open/);
    assert.match(item.text, /client: open · TLS 1\.3 unverified$/);
    assert.match(item.ariaLabel, /Encrypted, but the certificate could not be verified: TLS 1\.3/);
    // A client shows no certificate unless it is asked.
    await steps.menu(accepted.label, tlsTitle);
    await workbench.waitEditorText('The peer gave no certificate.');

    // Two hosts that are trusted for good, one removed by its button: the box stays.
    await run(`return core.makeNetworkProcess({ name: 'second', host: '127.0.0.1',
        service: core.processContact(core.getProcess('secure'), 'service'), tlsParameters: {} })`);
    await trust('Always');
    await steps.rowSays('second', /TLS 1\.3/);
    await steps.command('Manage Trusted Hosts…');
    await workbench.waitQuick('Trusted Hosts');
    const count = (await workbench.quick())!.items.length;
    assert.equal(count, 2);
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().hover();
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().locator('.codicon-trash').click();
    await workbench.until('one less', async () => (await workbench.quick())?.items.length === 1);
    assert.match((await workbench.quick())!.items[0]!.description ?? '', / · always · /);
    await workbench.press('Enter');
    await workbench.pickQuick('Remove');
    await workbench.waitQuick('Trusted Hosts');
    await workbench.press('Escape');
  });

  it('says so where TLS was asked for and not to be had', async () => {
    const peer = await startPeer();
    closing.push(() => peer.close());
    await run(`return core.openNetworkStream('hope', 'hope', '127.0.0.1', ${peer.port}, { endOfCommand: '\\\\n',
        capabilityCommand: 'CAPABILITY\\n', success: '^OK', starttlsFunction: () => null })`);
    (await peer.socket()).write('hello\nnothing\n');
    await workbench.until('the capabilities to be asked', () => peer.received().includes('CAPABILITY'));
    (await peer.socket()).write('nothing\n');
    await steps.rowSays('hope', /^open · not encrypted · 127\.0\.0\.1:/);
    await steps.expand('hope');
    assert.equal((await steps.row('TLS')).description, 'not encrypted');
    assert.equal((await steps.menuItems('hope')).includes(tlsTitle), false);
    await steps.click('hope');
    const item = await workbench.statusItem(/hope: open/);
    assert.match(item.text, /not encrypted$/);
  });

  it('shows a program with its state and command', async () => {
    await run(`return core.openNetworkStream('program', 'program', 'localhost', 1, { type: 'shell',
        shellCommand: 'read line; exit 3', nogreeting: true, capabilityCommand: null })`);
    await steps.rowSays('program', 'run · read line; exit 3');
    await steps.sendFrom('program', 'go');
    await steps.rowSays('program', /^exit 3 · read line; exit 3/);
  });

  it('a hostile certificate does no harm', async () => {
    const name = `\u202e$(zap)[x](command:y)\x1b]0;owned\x07\u200b${'x'.repeat(10_000)}`;
    const peer = await peerWith(throwawayCertificate([name, `${'y'.repeat(3_000)}\x9b`], 1));
    await run(`
      return core.makeNetworkProcess({ name: 'hostile', buffer: 'hostile', host: '127.0.0.1', service: ${peer.port},
        tlsParameters: {} })`);
    await trust('This Session');
    await steps.rowSays('hostile', /TLS 1\.3/);
    await steps.expand('hostile');
    const [shown = ''] = await certificates(1);
    assert.ok(shown.length < 250, shown);
    await steps.expand(shown);
    await steps.row('Serial Number');
    const texts = (await steps.rows()).flatMap(({ label, description = '' }) => [label, description]);
    for (const text of texts) {
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
      assert.doesNotMatch(text, /\]\(|\$\(/);
      assert.ok(text.length < 300);
    }
    await steps.menu('hostile', tlsTitle);
    const text = await workbench.waitEditorText(/BEGIN CERTIFICATE/);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    assert.match(text, /Subject: +CN=\\u202e/);
    await steps.noMessages();
  });
});
