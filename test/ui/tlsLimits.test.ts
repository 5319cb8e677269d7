import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { makeMatrix } from '../support/certificateMatrix.mjs';
import { needs } from '../support/peers/programs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Quick, Workbench } from '../tools/lib/workbench.mjs';
import { hostileServer, speeches, type HostileServer, type Malice } from '../unit/core/hostile';
import { tlsServer } from '../unit/core/tlsSupport';
import { startPeer, Steps, until } from './steps';

const imap = speeches.find(({ dialog }) => dialog === 'imap')!;

let folder: string;
let session: Session;
let workbench: Workbench;
let steps: Steps;
const closing: (() => unknown)[] = [];

async function start(settings: Record<string, unknown>): Promise<void> {
  const own = { trustFiles: [`${folder}/root.pem`], ...settings };
  const entries = Object.entries(own).map(([key, value]) => [`networkProcesses.${key}`, value]);
  session = await startSession({ height: 1000, userSettings: Object.fromEntries(entries) as Record<string, unknown> });
  ({ workbench } = session);
  steps = new Steps(workbench);
  await steps.showTree();
}

async function clear(): Promise<void> {
  for (const close of closing.splice(0)) await close();
  await steps.clear();
}

/** A TLS server with a certificate of the matrix, and its address. */
async function server(name: string): Promise<string> {
  const read = (kind: string): Buffer => readFileSync(`${folder}/${name}.${kind}`);
  const made = await tlsServer({ cert: read('chain'), key: read('key') });
  closing.push(made.close);
  return `localhost:${made.port}`;
}

/** Waits for the question whether a revoked certificate is trusted, and says no. */
async function refuse(address: string): Promise<void> {
  const { items }: Quick = await workbench.until('the question of trust', async () => {
    const quick = await workbench.quick();
    return quick?.title.startsWith(`Trust ${address}`) && quick.items.length > 3 && quick.items[0]?.focused && quick;
  });
  assert.ok(items.some(({ description }) => description === 'revoked'), JSON.stringify(items)); // prettier-ignore
  await workbench.press('Enter');
  await workbench.waitNotification(`Not connected to ${address}: `);
  await steps.noRow(address);
}

describe('Limits of TLS', () => {
  before(function () {
    needs(this, 'openssl');
    folder = mkdtempSync(`${tmpdir()}/netproc-limits-`);
    makeMatrix(folder);
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  describe('revocation lists by the settings', () => {
    before(() => start({ crlFiles: [`${folder}/root.crl`] }));
    afterEach(clear);
    after(() => session?.close());

    it('refuse what they revoke, and nothing else', async () => {
      const good = await server('good');
      await steps.open('TLS', good);
      await steps.rowSays(good, /^open · TLS 1\.3 · /);
      const revoked = await server('revoked');
      await steps.open('TLS', revoked);
      await refuse(revoked);
    });
  });

  describe('settings and options', () => {
    before(() => start({ 'tls.handshakeTimeout': 2, 'negotiation.timeout': 3, 'negotiation.limit': 1 }));
    afterEach(clear);
    after(() => session?.close());

    const mailServer = async (malice: Malice): Promise<HostileServer> => {
      const made = await hostileServer(imap, malice);
      closing.push(() => made.close());
      return made;
    };
    const openImap = async (address: string): Promise<void> => {
      await steps.askAddressBy('STARTTLS', 'IMAP');
      await steps.answerAddress(address);
    };
    /** A client that says that and no more; what tells that it is over. */
    const rawClient = async (address: string, text: string): Promise<() => boolean> => {
      let isOver = false;
      const socket = net.connect(Number(address.replace(/^.*:/, '')), '127.0.0.1');
      socket.on('error', () => undefined).on('close', () => (isOver = true)).resume(); // prettier-ignore
      socket.write(text);
      closing.push(() => socket.destroy());
      return () => isOver;
    };
    /** Where a server of ours listens. */
    const listening = async (row: string): Promise<string> =>
      (await steps.rowSays(row, /^listen · .*127\.0\.0\.1:[1-9]/)).description!.replace(/^.* · /, '');

    it('a revoked certificate is refused once its list is among the options', async () => {
      const address = await server('revoked');
      await steps.open('TLS', address);
      await steps.rowSays(address, /^open · TLS 1\.3 · /);
      await steps.delete(address);
      await steps.askAddress('Open Connection', 'TLS');
      await steps.moreOptions(address);
      await workbench.waitQuick('TLS: Options');
      await workbench.pickQuick('revocation lists');
      await workbench.answerFileDialog('revocation lists', `${folder}/root.crl`);
      await workbench.until('its name', async () =>
        (await workbench.quick())?.items.some(
          ({ label, description }) => label === 'revocation lists' && description?.includes('root.crl'),
        ),
      );
      await workbench.pickQuick('Back to the address');
      await steps.takeAddress();
      await refuse(address);
    });

    it('a server that is silent under TLS', async () => {
      const peer = await startPeer();
      closing.push(() => peer.close());
      await steps.open('TLS', peer.address);
      await workbench.waitNotification(
        /TLS negotiation failed: the peer was silent: 2000 ms .*raise the handshake timeout/,
      );
      await steps.noRow(peer.address);
    });

    it('a client that is silent under TLS, and one that never asks for it', async () => {
      // Each server shows its buffer when it has started.
      await steps.serve('TLS', '127.0.0.1:0');
      const silent = await rawClient(await listening('TLS server'), '');
      await until('it to be over', silent);
      await workbench.waitEditorText(/accept from 127\.0\.0\.1:\d+ failed: .*the peer was silent: 2000 ms/);
      await steps.askAddressBy('STARTTLS', 'IMAP', 'Start Server');
      await workbench.acceptQuick();
      const address = await listening('IMAP server');
      const talkative = await rawClient(address, 'x'.repeat(1025));
      await until('it to be over', talkative);
      await workbench.waitEditorText(/failed: The client said more than 1024 bytes before it asked for TLS/);
      const asking = await rawClient(address, 'a LOGIN me secret\r\n');
      await until('it to be over', asking);
      await workbench.waitEditorText(/failed: The client did not ask for TLS within 3000 ms/);
    });

    it('an answer that does not come, and one that is too long', async () => {
      const silent = await mailServer({ capabilities: null });
      await openImap(`localhost:${silent.port}`);
      await workbench.waitNotification(/The answer \(capabilities\) did not come within 3000 ms.*raise the timeout/);
      const endless = await mailServer({ endlessly: { at: 'greeting', text: 'x' } });
      await openImap(`localhost:${endless.port}`);
      await workbench.waitNotification(/The answer \(greeting\) is longer than 1024 bytes/);
      // What fits the limit is taken.
      const fitting = await mailServer({ greeting: `* OK ${'x'.repeat(1000)}\r\n`, certificate: 'good' });
      const address = `localhost:${fitting.port}`;
      await openImap(address);
      await workbench.until('the question of trust', async () => {
        const quick = await workbench.quick();
        return quick?.title.startsWith(`Trust ${address}`) && quick.items.length > 3;
      });
      await workbench.pickQuick('This Session');
      await steps.rowSays(address, /^open · TLS/);
    });
  });
});
