/** What a TLS server may do wrong while shaking hands and afterwards; certificates are in a matrix of their own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type net from 'node:net';
import tls from 'node:tls';
import type { NetworkProcess, NetworkProcessError, NetworkProcesses, TrustRecord } from '../../../src/core';
import { hasNativeSockets } from '../../support/nativeSockets';
import { hostileServer, speeches } from './hostile';
import { plainServer, recorder, until, withCore } from './support';
import { fileOf, keyPair, tlsServer, trustOurs } from './tlsSupport';

const host = '127.0.0.1';

/** The error of a TLS client of a server that does so with each connection, and what the server heard. */
async function refusalOf(
  core: NetworkProcesses,
  act: (socket: net.Socket) => void,
): Promise<{ error: NetworkProcessError; connections: number }> {
  const server = await plainServer(act);
  const made = core.makeNetworkProcess({ name: 'c', host, service: server.port, tlsParameters: {} });
  const error = await made.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason as NetworkProcessError,
  );
  server.close();
  return { error, connections: server.sockets.length };
}

describe('a faulty TLS server', () => {
  const strangers: Record<string, [string | Buffer, RegExp]> = {
    'greets in clear': ['220 mail ready\r\n', /begins with “220 mail ready\\x0d\\x0a”/],
    'answers in HTTP': ['HTTP/1.1 400 Bad Request\r\n\r\n', /begins with “HTTP\/1\.1 400 Bad Request/],
    'sends garbage': [Buffer.from([0, 0xff, 7, 0x1b, 0x5b, 0x32, 0x4a, 0xfe]), /“\\x00ÿ\\x07\\x1b\[2Jþ”/],
    'says a lot': ['x'.repeat(100_000), new RegExp(`“${'x'.repeat(64)}”`)],
  };
  for (const [does, [said, pattern]] of Object.entries(strangers)) {
    it(
      `RS-051 that ${does} is told by what it said`,
      withCore(async (core) => {
        // At once, or when it has heard the client: both are looked at.
        for (const act of [
          (socket: net.Socket) => void socket.write(said),
          (socket: net.Socket) => void socket.once('data', () => socket.write(said)),
        ]) {
          const { error, connections } = await refusalOf(core, act);
          assert.deepEqual([error.code, connections], ['NP_TLS_NOT_TLS', 1]);
          assert.match(error.message, /The peer does not speak TLS/);
          assert.doesNotMatch(error.message, /[\0-\x1f]/);
          // Node does not tell what it read.
          if (hasNativeSockets) assert.match(error.message, pattern);
        }
        assert.deepEqual(core.processList(), []);
      }),
    );
  }

  const endings: Record<string, (socket: net.Socket) => void> = {
    ends: (socket) => void socket.end(),
    resets: (socket) => void socket.resetAndDestroy(),
    'ends when it has heard the client': (socket) => void socket.once('data', () => socket.end()),
    'refuses with an alert': (socket) => void socket.write(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
  };
  for (const [does, act] of Object.entries(endings)) {
    it(
      `RS-052 that ${does} fails the process once`,
      withCore(async (core) => {
        const { error } = await refusalOf(core, act);
        assert.ok(['NP_TLS_HANDSHAKE', 'NP_CONNECT_FAILED'].includes(error.code), error.code);
        if (does.includes('alert')) assert.match(error.message, /alert “handshake failure”/);
        const server = await plainServer(act);
        const { log, filter, sentinel } = recorder();
        const spec = { name: 'c', host, service: server.port, tlsParameters: {}, nowait: true, filter, sentinel };
        const process = (await core.makeNetworkProcess(spec))!;
        await until('it has failed', () => process.status === 'failed');
        assert.equal(log.length, 1);
        assert.match(log[0]!, /^sentinel failed /);
        server.close();
      }),
    );
  }

  it(
    'RS-053 that is silent is waited for 15 seconds, or as long as is set',
    withCore(async (core) => {
      assert.equal(core.options.handshakeTimeoutMs, 15_000);
      core.options.handshakeTimeoutMs = 100;
      const { error } = await refusalOf(core, () => undefined);
      assert.equal(error.code, 'NP_TLS_TIMEOUT');
      assert.match(error.message, /100 ms/);
    }),
  );

  it(
    'RS-054 with another key than before is asked about; nobody to ask means no',
    withCore(async (core) => {
      // Nothing is wrong with either certificate: it is about the key alone.
      core.options.trustFiles = [fileOf('ca.pem'), fileOf('selfsigned.pem')];
      core.options.networkSecurityLevel = 'high';
      const server = tls.createServer(keyPair('good'), (socket) => socket.on('error', () => undefined).unref());
      await once(server.unref().listen(0, host), 'listening');
      const service = (server.address() as net.AddressInfo).port;
      const open = () => core.makeNetworkProcess({ name: 'c', host: 'localhost', service, tlsParameters: {} });
      assert.equal((await open())?.status, 'open');
      server.setSecureContext(keyPair('selfsigned'));
      await assert.rejects(open(), { code: 'NP_TLS_REFUSED', message: /: same-cert \([^,]*$/ });
      const asked: string[][] = [];
      core.options.trustQuestion = ({ problems }) => {
        asked.push(problems.map(({ name }) => name));
        return 'session';
      };
      assert.equal((await open())?.status, 'open');
      assert.deepEqual(asked, [['same-cert']]);
      for (const process of core.processList()) core.deleteProcess(process);
      server.close();
    }),
  );

  it(
    'RS-055 is accepted at level low, and what is wrong with it can be seen',
    withCore(async (core) => {
      trustOurs(core);
      core.options.networkSecurityLevel = 'low';
      for (const [name, warning] of [
        ['expired', 'expired'],
        ['selfsigned', 'self-signed'],
      ] as const) {
        const server = await tlsServer({ name });
        const spec = { name, host: 'localhost', service: server.port, tlsParameters: {} };
        const process = (await core.makeNetworkProcess(spec))!;
        assert.ok(core.gnutlsPeerStatus(process)?.warnings?.includes(warning));
        server.close();
      }
    }),
  );

  it(
    'RS-056 that does not encrypt any more is asked about; nobody to ask means no',
    withCore(async (core) => {
      trustOurs(core);
      const speech = speeches[0]!;
      const malice: Parameters<typeof hostileServer>[1] = {};
      const server = await hostileServer(speech, malice);
      const open = () =>
        core.openNetworkStream('c', null, 'localhost', server.port, { returnList: true, dialog: speech.dialog });
      const first = await open();
      assert.deepEqual([first.error ?? null, first.type], [null, 'tls']);
      malice.capabilities = speech.offersNot;
      const second = await open();
      assert.equal(second.process, null);
      assert.match(second.error!, /was-encrypted/);
      const asked: string[] = [];
      core.options.trustQuestion = ({ problems }) => {
        asked.push(...problems.map(({ name }) => name));
        return 'session';
      };
      assert.deepEqual([(await open()).type, asked], ['plain', ['was-encrypted']]);
      server.close();
    }),
  );

  it(
    'RS-056 that does not encrypt any more is known by the name that its certificate is for',
    withCore(async (core) => {
      trustOurs(core);
      const speech = speeches[0]!;
      const server = await hostileServer(speech, [{}, { capabilities: speech.offersNot }]);
      const tlsParameters = { hostname: 'localhost' };
      const open = () =>
        core.openNetworkStream('c', null, host, server.port, { returnList: true, dialog: 'imap', tlsParameters });
      assert.equal((await open()).type, 'tls');
      assert.match((await open()).error ?? '', /was-encrypted/);
      server.close();
    }),
  );

  it(
    'RS-056 that does not encrypt any more and was accepted so is asked about when its key is another later',
    withCore(async (core) => {
      core.options.trustFiles = [fileOf('ca.pem'), fileOf('selfsigned.pem')];
      const speech = speeches[0]!;
      const stripped = { capabilities: speech.offersNot };
      const server = await hostileServer(speech, [{}, stripped, stripped, { certificate: 'selfsigned' }]);
      const asked: string[] = [];
      core.options.trustQuestion = ({ problems }) => {
        asked.push(...problems.map(({ name }) => name));
        return 'session';
      };
      const open = () =>
        core.openNetworkStream('c', null, 'localhost', server.port, { returnList: true, dialog: 'imap' });
      const types = [(await open()).type, (await open()).type, (await open()).type];
      assert.deepEqual([types, asked], [['tls', 'plain', 'plain'], ['was-encrypted']]);
      assert.deepEqual([(await open()).type, asked], ['tls', ['was-encrypted', 'same-cert']]);
      server.close();
    }),
  );

  it(
    'RS-056 that is accepted in clear for good makes nothing more of what was accepted for the session',
    withCore(async (core) => {
      trustOurs(core);
      const speech = speeches[0]!;
      const server = await hostileServer(speech, [{ certificate: 'selfsigned' }, { capabilities: speech.offersNot }]);
      let kept: readonly TrustRecord[] = [];
      core.options.trustStore = { load: () => kept, save: (records) => void (kept = records) };
      const open = (answer: 'always' | 'session') => {
        core.options.trustQuestion = () => answer;
        return core.openNetworkStream('c', null, 'localhost', server.port, { returnList: true, dialog: 'imap' });
      };
      assert.deepEqual([(await open('session')).type, (await open('always')).type], ['tls', 'plain']);
      assert.deepEqual(
        kept.map(({ keys, conditions }) => [keys, conditions]),
        [[['none'], [':unencrypted']]],
      );
      server.close();
    }),
  );

  it(
    'RS-056 and so it is where nothing else is asked of a stream',
    withCore(async (core) => {
      trustOurs(core);
      const speech = speeches[0]!;
      const server = await hostileServer(speech, {});
      const reported: string[] = [];
      core.onDidReportError(({ error }) => reported.push(String(error)));
      const asked: string[] = [];
      const ask = ({ problems }: { problems: readonly { name: string }[] }): 'session' => {
        asked.push(...problems.map(({ name }) => name));
        return 'session';
      };
      const simple = (more: Record<string, unknown>, to = host) =>
        core.openNetworkStream('c', null, to, server.port, more) as Promise<NetworkProcess | null>;
      // As documented, there is no warning without `returnList`.
      for (const type of [null, 'plain']) {
        assert.equal((await simple({ type, warnUnlessEncrypted: true }))?.status, 'open');
      }
      const known = await core.openNetworkStream('c', null, 'localhost', server.port, {
        returnList: true,
        dialog: speech.dialog,
      });
      assert.equal(known.type, 'tls');
      assert.equal(await simple({}, 'localhost'), null);
      assert.match(reported.pop()!, /was-encrypted/);
      const later = (await simple({ nowait: true }, 'localhost'))!;
      await until('it has failed', () => later.status === 'failed');
      core.options.trustQuestion = ask;
      assert.equal((await simple({}, 'localhost'))?.status, 'open');
      assert.deepEqual(asked, ['was-encrypted']);
      server.close();
    }),
  );

  it(
    'RS-057 that damages a record ends the process once, and nothing of it is delivered',
    withCore(async (core) => {
      trustOurs(core);
      const secureContext = tls.createSecureContext(keyPair('good'));
      // Below TLS everybody may write.
      const server = await plainServer((socket) => {
        const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
        secured
          .on('error', () => undefined)
          .on('secure', () => {
            secured.write('whole', () => {
              const damaged = Buffer.from([0x17, 3, 3, 0, 20, ...new Array<number>(20).fill(7)]);
              const below = (socket as unknown as { _handle: { fd: number } })._handle;
              import('node:fs').then(({ writeSync }) => writeSync(below.fd, damaged), assert.ifError);
            });
          });
      });
      const { log, filter, sentinel } = recorder();
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {}, filter, sentinel };
      const client = (await core.makeNetworkProcess(spec))!;
      await until('it has ended', () => client.status === 'closed');
      assert.deepEqual(log, ['filter whole', 'sentinel connection broken by remote peer closed']);
      assert.equal((client.failure as { code?: string } | null)?.code, 'NP_TLS_BROKEN');
      server.close();
    }),
  );

  for (const [does, act] of Object.entries<(socket: tls.TLSSocket, below: net.Socket) => void>({
    'says that it ends': (socket) => void socket.end(),
    'ends without a word': (_, below) => void below.end(),
    resets: (_, below) => void below.resetAndDestroy(),
  })) {
    it(
      `RS-058 that ${does} ends the process once, behind all that came`,
      withCore(async (core) => {
        trustOurs(core);
        const secureContext = tls.createSecureContext(keyPair('good'));
        const server = await plainServer((socket) => {
          const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
          secured.on('error', () => undefined);
          secured.once('data', () => act(secured, socket));
          secured.on('secure', () => secured.write('data'));
        });
        const { log, filter, sentinel } = recorder();
        const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {}, filter, sentinel };
        const client = (await core.makeNetworkProcess(spec))!;
        await until('it has come', () => log.includes('filter data'));
        await core.processSendString(client, 'bye');
        await until('it has ended', () => client.status === 'closed');
        assert.deepEqual(log, ['filter data', 'sentinel connection broken by remote peer closed']);
        server.close();
      }),
    );
  }
});
