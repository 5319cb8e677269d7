/** Servers whose clients ask for TLS: real clients, and hostile ones. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { needs, Programs } from '../../support/peers/programs';
import { until, withCore } from './support';
import { servedNames } from '../../../src/core/stream/servedDialogs';

interface Served {
  readonly server: NetworkProcess;
  readonly port: number;
  /** What the log function was told. */
  readonly log: string[];
  /** The processes of its clients. */
  clients(): NetworkProcess[];
}

async function serve(core: NetworkProcesses, starttls: string): Promise<Served> {
  const log: string[] = [];
  const server = (await core.makeNetworkProcess({
    ...{ name: 's', server: true, service: true, family: 'ipv4', buffer: '*s*' },
    tlsParameters: { selfSigned: true, starttls },
    log: (_, client, message) => void log.push(client ? `accepted: ${message}` : message),
  }))!;
  const clients = (): NetworkProcess[] => core.processList().filter((process) => process.server === server);
  return { server, port: Number(core.processContact(server, 'service')), log, clients };
}

/** A client in clear. */
async function clearClient(port: number): Promise<{ socket: net.Socket; heard: () => string; isEnded: () => boolean }> {
  const socket = net.connect(port, '127.0.0.1');
  let heard = '';
  let isEnded = false;
  socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
  socket.on('close', () => (isEnded = true)).on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, heard: () => heard, isEnded: () => isEnded };
}

const bufferText = (process: NetworkProcess): string => process.buffer!.text(1, process.buffer!.pointMax);

/** A command of a protocol. */
const command = (name: string, text: string): string => (name === 'imap' ? `a1 ${text}\r\n` : `${text}\r\n`);
const starts = new Map([['pop3', 'STLS'], ['ftp', 'AUTH TLS']]); // prettier-ignore
const startOf = (name: string): string => command(name, starts.get(name) ?? 'STARTTLS');

describe('Servers with STARTTLS', () => {
  let programs: Programs;
  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(() => programs.endAll());

  for (const name of servedNames) {
    describe(name, () => {
      it('openssl is encrypted by it, and talks both ways', async function () {
        needs(this, 'openssl');
        await withCore(async (core) => {
          const { server, port, clients, log } = await serve(core, name);
          assert.deepEqual([server.encryption, server.starttls], ['TLS', name]);
          const to = `127.0.0.1:${port}`;
          const client = programs.start('openssl', 's_client', '-quiet', '-starttls', name, '-connect', to);
          await until('the process is there', () => clients().length === 1);
          const [process] = clients();
          assert.deepEqual([process!.encryption, process!.starttls, process!.status], ['TLS1.3', null, 'open']);
          assert.match(log.join(''), /^accepted: accept from 127/);
          client.write('under TLS\n');
          await until('its text is there', () => bufferText(process!) === 'under TLS\n');
          await core.processSendString(process!, 'and back\n');
          await client.waitOutput('and back');
          await programs.endAll();
          await until('it ends', () => process!.status === 'closed');
        })();
      });

      it(
        'our own client is encrypted by it, and asks again',
        withCore(async (core) => {
          core.options.trustQuestion = () => 'session';
          const { port, clients } = await serve(core, name);
          const parameters = { type: 'starttls', dialog: name, returnList: true as const };
          const { process, capabilities, type } = await core.openNetworkStream('c', 'c', 'localhost', port, parameters);
          assert.equal(type, 'tls');
          assert.ok(capabilities);
          assert.doesNotMatch(capabilities, /STARTTLS|STLS|TLS/i);
          const [accepted] = clients();
          const asked = bufferText(accepted!);
          assert.match(asked, /^(1 )?(EHLO|LHLO|FEAT|CAP)/);
          await core.processSendString(process!, command(name, asked.trim().replace(/^1 /, '')));
          await until('it is there', () => bufferText(accepted!).length > asked.length);
          await core.processSendString(accepted!, 'by hand\n');
          // The second time nobody answers by itself.
          await until('that has come', () => bufferText(process!).endsWith('by hand\n'));
          assert.equal(bufferText(process!), `${capabilities}by hand\n`);
        }),
      );

      it(
        'a byte behind the command that asks for TLS ends the connection',
        withCore(async (core) => {
          const { port, clients, log } = await serve(core, name);
          const client = await clearClient(port);
          client.socket.write(`${startOf(name)}x`);
          await until('it is over', client.isEnded);
          assert.doesNotMatch(client.heard(), /Begin TLS/);
          await until('it is told', () => /Text in clear came behind the command that asks for TLS/.test(log.join('')));
          assert.deepEqual(clients(), []);
        }),
      );

      it(
        'what is in clear gets an answer, and nowhere',
        withCore(async (core) => {
          const { server, port, clients } = await serve(core, name);
          const client = await clearClient(port);
          client.socket.write(command(name, 'LOGIN me SECRET').repeat(2));
          await until('two answers', () => client.heard().split(' first\r\n').length === 3);
          assert.equal(server.clients.count, 1);
          for (const letter of startOf(name)) client.socket.write(letter);
          await until('the consent', () => /Begin TLS\r\n$/.test(client.heard()));
          // What comes now is no TLS.
          client.socket.write('SECRET\r\n'.repeat(100));
          await until('it is over', client.isEnded);
          assert.deepEqual(clients(), []);
          await until('it counts no more', () => server.clients.count === 0);
        }),
      );
    });
  }

  it(
    'who does not ask in time, goes, or says too much is told in the log once',
    withCore(async (core) => {
      core.options.negotiationTimeoutMs = 200;
      core.options.negotiationBytes = 1024;
      const { server, port, log, clients } = await serve(core, 'smtp');
      const silent = await clearClient(port);
      await until('it is over', silent.isEnded);
      assert.match(log[0]!, /did not ask for TLS within 200 ms\n$/);
      const talkative = await serve(core, 'imap');
      const flooding = await clearClient(talkative.port);
      flooding.socket.write('a'.repeat(1025));
      await until('it is over', flooding.isEnded);
      await until('it is told', () => /said more than 1024 bytes/.test(talkative.log.join('')));
      const other = await serve(core, 'pop3');
      const leaving = await clearClient(other.port);
      leaving.socket.end('QUIT\r\n');
      await until('it is over', leaving.isEnded);
      await until('it is told', () => /closed the connection before it asked for TLS/.test(other.log.join('')));
      assert.deepEqual([clients(), server.clients.count], [[], 0]);
    }),
  );

  it(
    'answers count, and a tag is repeated only if it is one',
    withCore(async (core) => {
      const greedy = await serve(core, 'smtp');
      core.options.negotiationBytes = 4096;
      const client = await clearClient(greedy.port);
      client.socket.write('\n'.repeat(200));
      await until('it is told', () => /said more than 4096 bytes .*answered included/.test(greedy.log.join('')));
      await until('it is over', client.isEnded);
      assert.ok(client.heard().length < 4096);
      const tagged = await serve(core, 'imap');
      const other = await clearClient(tagged.port);
      other.socket.write('x\r* OK NOOP\r\na.1 NOOP\r\n');
      await until('two answers', () => other.heard().split('STARTTLS first\r\n').length === 3);
      assert.match(other.heard(), /^\* OK localhost\r\n\* NO STARTTLS first\r\na\.1 NO STARTTLS first\r\n$/);
      other.socket.destroy();
    }),
  );

  /** A client that is encrypted, after the consent of SMTP. */
  const encrypted = async (port: number): Promise<tls.TLSSocket> => {
    const { socket, heard } = await clearClient(port);
    socket.write(startOf('smtp'));
    await until('the consent', () => /Begin TLS\r\n$/.test(heard()));
    socket.removeAllListeners('data');
    const secured = tls.connect({ socket, rejectUnauthorized: false });
    await once(secured, 'secureConnect');
    return secured;
  };

  it(
    'who asks again in pieces is answered when the line is whole; where there is a filter, that answers',
    withCore(async (core) => {
      const { port, server, clients } = await serve(core, 'smtp');
      let heard = '';
      const client = (await encrypted(port)).on('data', (bytes: Buffer) => (heard += bytes.toString()));
      await until('the process is there', () => clients().length === 1);
      client.write('EH');
      await until('it has come', () => bufferText(clients()[0]!) === 'EH');
      client.write('LO me');
      await until('it has come', () => bufferText(clients()[0]!) === 'EHLO me');
      assert.equal(heard, '');
      client.write('\r\n');
      await until('the answer', () => /^250-localhost\r\n250 8BITMIME\r\n$/.test(heard));
      client.destroy();
      core.setProcessFilter(server, (process, text) => void core.processSendString(process, `250 ${String(text)}`));
      let own = '';
      const other = (await encrypted(port)).on('data', (bytes: Buffer) => (own += bytes.toString()));
      other.write('EHLO me\r\nEHLO you\r\n');
      await until('the answer', () => own.includes('you'));
      assert.equal(own, '250 EHLO me\r\nEHLO you\r\n');
      other.destroy();
    }),
  );

  it(
    'its end is the end of those who talk in clear',
    withCore(async (core) => {
      const { server, port, log } = await serve(core, 'ftp');
      const client = await clearClient(port);
      await until('the greeting', () => client.heard() === '220 localhost\r\n');
      core.deleteProcess(server);
      await until('it is over', client.isEnded);
      assert.deepEqual(log, []);
    }),
  );

  it(
    'other protocols are refused, and so are clients',
    withCore(async (core) => {
      const code = 'NP_TLS_PARAMETERS';
      await assert.rejects(serve(core, 'postgresql'), { code, message: /one of smtp, lmtp, imap/ });
      const spec = { name: 'c', host: '127.0.0.1', service: 1, tlsParameters: { starttls: 'smtp' } };
      await assert.rejects(core.makeNetworkProcess(spec), { code, message: /is for servers/ });
      assert.deepEqual(core.processList(), []);
      const plain = await core.makeNetworkProcess({ name: 's', server: true, service: true, family: 'ipv4' });
      const client = await clearClient(Number(core.processContact(plain!, 'service')));
      await until('the process is there', () => core.processList().length === 2);
      const accepted = core.processList().find((process) => process.server === plain)!;
      await assert.rejects(core.gnutlsNegotiate({ process: accepted, selfSigned: true, starttls: 'smtp' }), {
        code,
        message: /encrypts at once/,
      });
      assert.equal(accepted.status, 'open');
      client.socket.destroy();
    }),
  );
});
