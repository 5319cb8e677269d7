import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type tls from 'node:tls';
import { needs, Programs } from '../support/peers/programs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Quick, Workbench } from '../tools/lib/workbench.mjs';
import { hostileServer, speeches, type HostileServer, type Malice } from '../unit/core/hostile';
import { certificates, fileOf, keyPair, tlsServer } from '../unit/core/tlsSupport';
import { startPeer, Steps } from './steps';

const imap = speeches.find(({ dialog }) => dialog === 'imap')!;

describe('TLS, STARTTLS and shell connections', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let programs: Programs;
  const closing: (() => void)[] = [];

  before(async () => {
    certificates();
    const userSettings = { 'networkProcesses.trustFiles': [fileOf('ca.pem')] };
    session = await startSession({ height: 1000, userSettings });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });
  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(async () => {
    await programs.endAll();
    for (const close of closing.splice(0)) close();
    await steps.clear();
  });
  after(() => session?.close());

  const server = async (name: string, options: tls.TlsOptions = {}): Promise<{ port: number; errors: string[] }> => {
    const made = await tlsServer({ ...keyPair(name), ...options });
    closing.push(made.close);
    return made;
  };
  const mailServer = async (malice: Malice): Promise<HostileServer> => {
    const made = await hostileServer(imap, malice);
    closing.push(() => made.close());
    return made;
  };
  /** Waits for the question; Enter alone would say no. */
  const question = async (host: string): Promise<Quick> => {
    const quick = await workbench.until('the question of trust', async () => {
      const now = await workbench.quick();
      return now?.title.startsWith(`Trust ${host}`) && now.items.length > 3 && now.items[0]!.focused && now;
    });
    assert.deepEqual(quick.items.slice(0, 3).map(({ label }) => label), ['No', 'This Session', 'Always']); // prettier-ignore
    return quick;
  };
  const isOpen = (label: string): Promise<unknown> => steps.rowSays(label, /^open/);

  it('a server with a throw-away certificate and a client by Enter alone; no, then for the session', async function () {
    needs(this, 'openssl');
    await steps.askAddress('Start Server', 'TLS');
    await workbench.acceptQuick();
    await steps.row('TLS server');
    await steps.rowSays('TLS server', /^listen/);
    await steps.askAddress('Open Connection', 'TLS');
    // The server of ours is offered first.
    await workbench.acceptQuick();
    const asked = await question('127.0.0.1:');
    const told = asked.items.map((item) => `${item.label} ${item.description} ${item.detail}`).join('\n');
    for (const part of ['self-signed', 'Subject: ', 'Valid: ', 'sha256:', 'Show Certificate']) {
      assert.ok(told.includes(part), `${part} in\n${told}`);
    }
    const address = asked.title.replace(/^Trust |\?$/g, '');
    await workbench.press('Enter');
    await workbench.waitNotification(`Not connected to ${address}: `);
    await steps.noRow(address);
    await steps.open('TLS', address);
    await question(address);
    await workbench.pickQuick('This Session');
    await steps.rowSays(address, 'open · TLS 1.3 unverified · ');
    // Asked no more.
    await steps.open('TLS', address);
    await isOpen(`${address}<1>`);
    const client = programs.start('openssl', 's_client', '-quiet', '-connect', address);
    await steps.rowSays('TLS server', '3 clients');
    client.write('under TLS\n');
    await steps.expand('TLS server');
    await workbench.until('its text', async () =>
      (await steps.rows()).some(({ description = '' }) => description.includes('10 B in')),
    );
    // Reconnecting is encrypted as before, without a question.
    await steps.delete(`${address}<1>`);
  });

  it('who is trusted already is not asked about; a wrong name is, and always is for good', async () => {
    const good = await server('good');
    await steps.open('TLS', `localhost:${good.port}`);
    await isOpen(`localhost:${good.port}`);
    const other = await server('otherhost');
    const address = `localhost:${other.port}`;
    await steps.open('TLS', address);
    const { items } = await question(address);
    assert.ok(items.some(({ description }) => description === 'no-host-match'), JSON.stringify(items)); // prettier-ignore
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show Certificate' }).click();
    await workbench.until('the certificate', async () =>
      (await steps.tabs()).some((tab) => tab.startsWith('certificate')),
    );
    assert.ok((await workbench.quick())?.title.startsWith('Trust '));
    await workbench.pickQuick('Always');
    await isOpen(address);
    await workbench.until('it to go', async () => !(await steps.tabs()).some((tab) => tab.startsWith('certificate')));
    await steps.delete(address);
    await steps.open('TLS', address);
    await isOpen(address);
    // The name that is expected is right by itself.
    const third = await server('otherhost');
    await steps.askAddress('Open Connection', 'TLS');
    await workbench.fillQuick(`localhost:${third.port}`);
    await steps.quickButton('More Options…');
    await workbench.waitQuick('TLS: Options (2/2)');
    await workbench.fillQuick('compression');
    await workbench.until('what the library lacks', async () =>
      (await workbench.quick())?.items.some(({ description = '' }) => description.startsWith('not here: Node')),
    );
    await workbench.fillQuick('');
    await workbench.pickQuick('host name');
    await steps.answerBox('host name: ', 'elsewhere.invalid');
    await workbench.waitQuick('TLS: Options (2/2)');
    await workbench.pickQuick('Back to the address');
    const box = await workbench.waitQuick('Open TLS Connection');
    assert.equal(box.items[0]?.description, 'TLS · host name elsewhere.invalid');
    await workbench.acceptQuick();
    await isOpen(`localhost:${third.port}`);
  });

  it('STARTTLS by protocol; what came in clear is not shown', async () => {
    const mail = await mailServer({});
    await steps.askAddressBy('STARTTLS', 'IMAP');
    const box = await workbench.waitQuick('Open IMAP Connection with STARTTLS (3/3)');
    assert.ok(box.items.some(({ label }) => label === 'Encrypted or Not at All'));
    await workbench.fillQuick('mail.example.org');
    await workbench.until('the port of the protocol', async () =>
      (await workbench.quick())?.items.some(({ label }) => label === 'Connect to mail.example.org:143'),
    );
    const address = `localhost:${mail.port}`;
    await steps.answerAddress(address);
    await isOpen(address);
    assert.match(mail.clear(), /2 STARTTLS/);
    await steps.sendFrom(address, 'secret');
    await workbench.until('it to arrive', () => mail.secret().includes('secret'));
    assert.ok(!mail.clear().includes('secret'));
    // Again as it was, when the row is reconnected: by its protocol, encrypted.
    mail.close();
    await steps.rowSays(address, /^closed/);
    await steps.action(address, 'Reconnect');
    await workbench.waitNotification('Connection refused');
  });

  it('no STARTTLS: demanded it is refused, else it is told, and can be ended', async () => {
    const mail = await mailServer({ capabilities: imap.offersNot });
    const address = `localhost:${mail.port}`;
    await steps.askAddressBy('STARTTLS', 'IMAP');
    await steps.answerAddress(address);
    await workbench.clickNotification(`${address} does not offer STARTTLS`, 'Try Again');
    await workbench.waitQuick('Open IMAP Connection with STARTTLS');
    await steps.noRow(address);
    await workbench.pickQuick('Encrypted or Not at All');
    await workbench.until('the other', async () =>
      (await workbench.quick())?.items.some(({ label }) => label === 'Encrypted if Possible'),
    );
    await steps.answerAddress(address);
    await isOpen(address);
    // That it may be in clear is said each time.
    await steps.askAddressBy('STARTTLS', 'IMAP');
    const again = await workbench.quickItems();
    assert.equal(again[0]?.description, 'recent');
    assert.ok(again.some(({ label }) => label === 'Encrypted or Not at All'));
    await workbench.press('Escape');
    await workbench.clickNotification('This connection is not encrypted', 'Delete');
    await steps.rowSays(address, /^(closed|deleted)/);
  });

  it('encrypted by chance, it is encrypted again when reconnected, or not connected', async () => {
    const malice: Malice = {};
    const mail = await mailServer(malice);
    const address = `localhost:${mail.port}`;
    await steps.askAddressBy('STARTTLS', 'IMAP');
    await workbench.pickQuick('Encrypted or Not at All');
    await workbench.until('the other', async () =>
      (await workbench.quick())?.items.some(({ label }) => label === 'Encrypted if Possible'),
    );
    await steps.answerAddress(address);
    await steps.rowSays(address, /^open · TLS/);
    malice.capabilities = imap.offersNot;
    mail.drop();
    await steps.rowSays(address, /^closed/);
    await steps.action(address, 'Reconnect');
    await workbench.waitNotification(`${address} does not offer STARTTLS`);
    await steps.rowSays(address, /^closed/);
  });

  it('negotiating is cancelled, and leaves nothing', async () => {
    const mail = await mailServer({ greeting: null });
    await steps.askAddressBy('STARTTLS', 'IMAP');
    await steps.answerAddress(`localhost:${mail.port}`);
    await workbench.clickNotification('Connecting to ', 'Cancel');
    await steps.nothingLeft();
    // A question, too, goes with its connection.
    await workbench.until('no messages', async () => (await workbench.notifications()).length === 0);
  });

  it('every step is left by Escape and Back', async () => {
    await steps.askAddressBy('STARTTLS', 'SMTP');
    await steps.quickButton('Back');
    await workbench.waitQuick('Open STARTTLS Connection (2/3)');
    await steps.quickButton('Back');
    await workbench.waitQuick('Open Connection (1/2)');
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.askAddressBy('Shell', 'nc %s %p');
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    const bad = await server('selfsigned');
    await steps.open('TLS', `localhost:${bad.port}`);
    await question(`localhost:${bad.port}`);
    await workbench.press('Escape');
    await workbench.waitNotification('Not connected to ');
    await steps.nothingLeft();
  });

  it('a key’s passphrase is asked for, kept when wanted, and shown nowhere', async function () {
    needs(this, 'openssl');
    const key = `${certificates()}/client-locked.key`;
    execFileSync('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      fileOf('client.key'),
      '-passout',
      'pass:open sesame',
      '-out',
      key,
    ]);
    const strict = await server('good', { requestCert: true, ca: readFileSync(fileOf('ca.pem')) });
    const address = `localhost:${strict.port}`;
    await steps.askAddress('Open Connection', 'TLS');
    await steps.moreOptions(address);
    await workbench.waitQuick('TLS: Options');
    await workbench.pickQuick('client certificate');
    await workbench.answerFileDialog('Key File', key);
    await workbench.answerFileDialog('Certificate File', fileOf('client.pem'));
    await workbench.waitQuick('TLS: Options');
    await workbench.pickQuick('Back to the address');
    await steps.takeAddress();
    await workbench.waitQuick('Passphrase of client-locked.key');
    await workbench.fillQuick('wrong');
    await workbench.acceptQuick();
    await workbench.waitQuickMessage('does not open the key');
    await steps.quickButton('Keep It in VS Code’s Secret Storage');
    await workbench.fillQuick('open sesame');
    await workbench.acceptQuick();
    await isOpen(address);
    await steps.expand(address);
    await steps.expand('Contact');
    assert.ok(!JSON.stringify(await steps.rows()).includes('sesame'));
    await steps.collapse(address);
    // Kept: not asked again.
    await steps.askAddress('Open Connection', 'TLS');
    await workbench.acceptQuick();
    await isOpen(`${address}<1>`);
    await steps.delete(`${address}<1>`);
  });

  it('a shell connection talks by its command', async function () {
    needs(this, 'socat');
    const peer = await startPeer();
    closing.push(() => void peer.close());
    await steps.askAddressBy('Shell', 'socat - TCP:%s:%p');
    await steps.answerAddress(peer.address);
    await steps.rowSays(peer.address, /^run/);
    await steps.sendFrom(peer.address, 'by command');
    await workbench.until('it to arrive', () => peer.received().includes('by command'));
    peer.sockets[0]!.destroy();
    await steps.rowSays(peer.address, /^exit/);
    await steps.action(peer.address, 'Reconnect');
    await steps.rowSays(peer.address, /^run/);
    await peer.socket(1);
    // Its traffic goes on where it was.
    await steps.sendFrom(peer.address, 'once more');
    await workbench.until('it to arrive', () => peer.received().includes('once more'));
    await steps.menu(peer.address, 'Open Capture');
    await workbench.waitEditorText('|once more');
    await workbench.waitEditorText('|by command');
  });
});

describe('Shell connections in restricted mode', () => {
  it('are refused, and say why', async () => {
    const session = await startSession({ trust: false });
    try {
      const steps = new Steps(session.workbench);
      await steps.showTree();
      await steps.command('Open Connection…');
      await session.workbench.waitQuick('Open Connection');
      const items = await session.workbench.quickItems();
      const shell = items.find(({ label }) => label.includes('Shell'));
      assert.equal(shell?.description, 'not here: this workspace is not trusted');
    } finally {
      await session.close();
    }
  });
});
