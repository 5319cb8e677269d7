import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { needs, Programs } from '../support/peers/programs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { TreeRow, Workbench } from '../tools/lib/workbench.mjs';
import { Steps, until } from './steps';

describe('STARTTLS servers', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let programs: Programs;

  before(async () => {
    session = await startSession({ height: 1000 });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });
  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(async () => {
    await programs.endAll();
    await steps.clear();
  });
  after(() => session?.close());

  /** Starts one on a free port by Enter alone, and returns where it listens. */
  const serve = async (protocol: string): Promise<string> => {
    await steps.askAddressBy('STARTTLS', protocol, 'Start Server');
    await workbench.waitQuick(`Start ${protocol} Server with STARTTLS (3/3)`);
    await workbench.acceptQuick();
    const { description = '' } = await steps.rowSays(`${protocol} server`, /^listen · STARTTLS · 127\.0\.0\.1:[1-9]/);
    return description.replace(/^.* · /, '');
  };
  /** The only client of a server. */
  const client = async (server: string): Promise<TreeRow> => {
    await steps.expand(server);
    return steps.row(new RegExp(`^${server} <127`));
  };
  /** Sends by hand what the process was asked for. */
  const answer = async (to: TreeRow, asked: string, text: string): Promise<void> => {
    await workbench.waitEditorText(asked);
    await steps.sendFrom(to.label, text);
  };

  it('openssl is encrypted after SMTP has begun, and both see what the other says', async function () {
    needs(this, 'openssl');
    const to = await serve('SMTP');
    assert.match((await steps.row('SMTP server')).ariaLabel, /STARTTLS server, listen, STARTTLS, /);
    const openssl = programs.start('openssl', 's_client', '-quiet', '-starttls', 'smtp', '-connect', to);
    const accepted = await client('SMTP server');
    await steps.rowSays(accepted.label, /^open · TLS 1\.3 · 127\.0\.0\.1:/);
    openssl.write('under TLS\n');
    await steps.click(accepted.label);
    await answer(accepted, 'under TLS', 'and back');
    await openssl.waitOutput('and back');
    await steps.rowSays('SMTP server', '1 client');
  });

  it('curl delivers a mail, answered by hand', async function () {
    needs(this, 'curl');
    const folder = mkdtempSync(`${tmpdir()}/netproc-mail-`);
    try {
      writeFileSync(`${folder}/mail`, 'Subject: secret\r\n\r\nto whom it may concern\r\n');
      const to = await serve('SMTP');
      const quiet = ['-q', '-sS', '-k', '--ssl-reqd', '--noproxy', '*', '-T', `${folder}/mail`];
      const people = ['--mail-from', 'me@here.test', '--mail-rcpt', 'you@there.test'];
      const curl = programs.start('curl', ...quiet, ...people, `smtp://${to}`);
      const accepted = await client('SMTP server');
      await steps.click(accepted.label);
      await answer(accepted, 'MAIL FROM:<me@here.test>', '250 go on');
      await answer(accepted, 'RCPT TO:<you@there.test>', '250 go on');
      await answer(accepted, 'DATA', '354 go on');
      await answer(accepted, 'to whom it may concern', '250 taken');
      await answer(accepted, 'QUIT', '221 good-bye');
      assert.equal(await curl.waitEnd(), 0, curl.complaints);
      const text = await workbench.copyEditor();
      // What was said in clear is nowhere: once it was asked for the list, under TLS.
      assert.equal(text.match(/EHLO/g)?.length, 1);
      assert.doesNotMatch(text, /STARTTLS/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('our own client finds it first, and reads on where curl would', async () => {
    const to = await serve('IMAP');
    await steps.askAddressBy('STARTTLS', 'IMAP');
    const [first] = await workbench.quickItems();
    assert.deepEqual([first?.label, first?.description], [to, 'listens here: IMAP server']);
    await workbench.acceptQuick();
    await workbench.until('the question of trust', async () => {
      const quick = await workbench.quick();
      return quick?.title.startsWith(`Trust ${to}`) && quick.items.length > 3;
    });
    await workbench.pickQuick('This Session');
    await steps.rowSays(to, /^open · TLS 1\.3 unverified · /);
    const accepted = await client('IMAP server');
    await steps.sendFrom(accepted.label, '* 3 EXISTS');
    await steps.click(to);
    await workbench.waitEditorText('* 3 EXISTS');
  });

  it('text behind the command ends the connection, and what was said in clear is shown nowhere', async () => {
    const to = await serve('POP3');
    const socket = net.connect(Number(to.replace(/^.*:/, '')), '127.0.0.1');
    let heard = '';
    let isEnded = false;
    socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
    socket.on('error', () => undefined).on('close', () => (isEnded = true));
    socket.write('USER me\r\n');
    await until('a polite answer', () => heard.includes('-ERR STLS first\r\n'));
    socket.write('STLS\r\nPASS injected\r\n');
    await until('it to be over', () => isEnded);
    assert.ok(!heard.includes('Begin TLS'), heard);
    await steps.click('POP3 server');
    const text = await workbench.waitEditorText('Text in clear came behind the command that asks for TLS');
    assert.doesNotMatch(text, /USER|PASS|injected/);
    await steps.rowSays('POP3 server', /^listen · STARTTLS · [\d.:]+$/);
  });

  it('every step is left by Escape and Back; options are those of a TLS server', async () => {
    await steps.command('Start Server…');
    await workbench.waitQuick('Start Server');
    const kind = (await workbench.quickItems()).find(({ label }) => label === 'STARTTLS');
    assert.match(
      kind?.description ?? '',
      /^begins in clear, goes on under TLS when asked, with a throw-away certificate/,
    );
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.askAddressBy('STARTTLS', 'FTP', 'Start Server');
    await steps.quickButton('More Options…');
    await workbench.waitQuick('STARTTLS: Options (3/3)');
    const labels = (await workbench.quickItems()).map(({ label }) => label);
    for (const label of ['certificate', 'ask clients for a certificate', 'keepalive'])
      assert.ok(labels.includes(label));
    await workbench.pickQuick('Back to the address');
    await workbench.waitQuick('Start FTP Server with STARTTLS (3/3)');
    await steps.quickButton('Back');
    await workbench.waitQuick('Start STARTTLS Server (2/3)');
    // Only what servers speak.
    assert.ok(!(await workbench.quickItems()).some(({ label }) => label === 'PostgreSQL'));
    await steps.quickButton('Back');
    await workbench.waitQuick('Start Server (1/2)');
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.nothingLeft();
  });
});
