import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { NetworkProcess } from '../../../src/core';
import { codeOf, pause, plainServer, recorder, until, withCore } from './support';
import { keyPair, tlsServer, trustOurs } from './tlsSupport';

const host = '127.0.0.1';

describe('TLS', () => {
  it(
    'a client is open when its peer is judged, and carries text both ways',
    withCore(async (core) => {
      trustOurs(core);
      const server = await tlsServer({}, (socket) => socket.pipe(socket));
      const { log, filter, sentinel } = recorder();
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {}, filter, sentinel };
      const process = (await core.makeNetworkProcess(spec))!;
      assert.equal(process.status, 'open');
      const status = core.gnutlsPeerStatus(process)!;
      assert.deepEqual([status.protocol, status.cipher, status.mac], ['TLS1.3', 'AES-256-GCM', 'AEAD']);
      await core.processSendString(process, 'hello');
      await until('the echo is there', () => log.includes('filter hello'));
      server.close();
      await until('it ends', () => process.status === 'closed');
      assert.deepEqual(log.at(-1), 'sentinel connection broken by remote peer closed');
      assert.equal(core.gnutlsPeerStatus(process), null);
    }),
  );

  it(
    'a failed handshake leaves nothing, and no text goes in clear',
    withCore(async (core) => {
      let heard = Buffer.alloc(0);
      const server = await plainServer((socket) => {
        socket.on('data', (bytes) => (heard = Buffer.concat([heard, bytes])));
        socket.write('220 in clear\r\n');
      });
      const spec = { name: 'c', host, service: server.port, tlsParameters: {} };
      assert.equal(await codeOf(core.makeNetworkProcess(spec)), 'NP_TLS_NOT_TLS');
      assert.deepEqual(core.processList(), []);
      const later = (await core.makeNetworkProcess({ ...spec, nowait: true }))!;
      const secret = core.processSendString(later, 'SECRET');
      assert.equal(await codeOf(secret), 'NP_SEND_NOT_RUNNING');
      assert.equal(later.status, 'failed');
      assert.ok(!heard.includes('SECRET'));
      server.close();
    }),
  );

  it(
    'a peer that is silent is given up in time, and at once when cancelled',
    withCore(async (core) => {
      core.options.handshakeTimeoutMs = 150;
      const server = await plainServer(() => undefined);
      const spec = { name: 'c', host, service: server.port, tlsParameters: {} };
      assert.equal(await codeOf(core.makeNetworkProcess(spec)), 'NP_TLS_TIMEOUT');
      core.options.handshakeTimeoutMs = 15_000;
      const controller = new AbortController();
      const started = core.makeNetworkProcess(spec, { signal: controller.signal });
      await until('it has connected', () => server.sockets.length === 2);
      await pause(20);
      const before = performance.now();
      controller.abort();
      assert.equal(await codeOf(started), 'NP_CANCELLED');
      assert.ok(performance.now() - before < 100);
      server.close();
    }),
  );

  it(
    'certificates are refused by what is wrong with them',
    withCore(async (core) => {
      trustOurs(core);
      const problems: Record<string, RegExp> = {
        selfsigned: /:self-signed .*:unknown-ca/,
        expired: /:expired/,
        otherhost: /:no-host-match/,
      };
      for (const [name, pattern] of Object.entries(problems)) {
        const server = await tlsServer({ name }, (socket) => socket.write('secret'));
        const made = core.makeNetworkProcess({ name, host: 'localhost', service: server.port, tlsParameters: {} });
        await assert.rejects(made, (error: { code: string; message: string }) => {
          assert.equal(error.code, 'NP_TLS_REFUSED');
          assert.match(error.message, pattern);
          return true;
        });
        server.close();
      }
      assert.deepEqual(core.processList(), []);
    }),
  );

  it(
    'a server encrypts what it accepts, with a throw-away certificate that a client trusts by its key',
    withCore(async (core) => {
      const { log, filter } = recorder();
      const server = (await core.makeNetworkProcess({
        name: 's',
        server: true,
        host,
        service: true,
        tlsParameters: { selfSigned: true },
        filter: (process: NetworkProcess, text: unknown) => core.processSendString(process, `<${String(text)}>`),
      }))!;
      const port = core.processContact(server, 'service');
      core.options.trustQuestion = ({ problems }) => {
        log.push(problems.map(({ name }) => name).join(' '));
        return 'session';
      };
      const spec = { name: 'c', host, service: port, tlsParameters: {}, filter };
      const client = (await core.makeNetworkProcess(spec))!;
      await core.processSendString(client, 'hi');
      await until('it answers', () => log.includes('filter <hi>'));
      assert.equal(log[0], ':invalid :self-signed :unknown-ca');
      // Its contact makes it again.
      assert.deepEqual([server.encryption, client.encryption, client.isNegotiated], ['TLS', 'TLS1.3', false]);
      // Asked once.
      await core.makeNetworkProcess(spec);
      assert.equal(log.length, 2);
      // A client in clear never becomes a process.
      const stranger = net.connect(port as number, host);
      stranger.on('error', () => undefined).end('in clear\n');
      await new Promise((resolve) => stranger.on('close', resolve));
      assert.equal(server.clients.count, 2);
    }),
  );

  it(
    'lists of what was revoked are the user’s: nobody gets hold of them, and servers go without',
    withCore(async (core) => {
      core.options.crlFiles = ['/nowhere/list.crl'];
      (core.gnutlsBootParameters().crlfiles as string[]).length = 0;
      assert.deepEqual(core.options.crlFiles, ['/nowhere/list.crl']);
      const spec = { name: 's', server: true, host, service: true, tlsParameters: { selfSigned: true } };
      assert.equal((await core.makeNetworkProcess(spec))?.status, 'listen');
    }),
  );

  it(
    'an open connection is encrypted in place, on both sides',
    withCore(async (core) => {
      trustOurs(core);
      const { key, cert } = keyPair('good');
      const heard: string[] = [];
      const server = (await core.makeNetworkProcess({
        name: 's',
        server: true,
        host,
        service: true,
        filter: (process: NetworkProcess, text: unknown) => {
          heard.push(String(text));
          if (text !== 'STARTTLS\n') return undefined;
          return core.gnutlsNegotiate({ process, key, cert, reply: 'GO\n' });
        },
      }))!;
      const { log, filter } = recorder();
      const spec = { name: 'c', host: 'localhost', service: core.processContact(server, 'service'), filter };
      const client = (await core.makeNetworkProcess({ ...spec, host, coding: 'utf-8' }))!;
      assert.deepEqual([client.encryption, client.lastPeerStatus, client.isNegotiated], [null, null, false]);
      await core.processSendString(client, 'STARTTLS\n');
      await until('it agrees', () => log.includes('filter GO\n'));
      const upgrade = core.gnutlsNegotiate({ process: client, hostname: 'localhost' });
      const sent = core.processSendString(client, 'secret');
      assert.equal(await upgrade, client);
      await sent;
      await until('it is there', () => heard.includes('secret'));
      assert.deepEqual([client.encryption, client.isNegotiated], ['TLS1.3', true]);
      assert.equal(core.gnutlsPeerStatus(client)?.protocol, 'TLS1.3');
      // What it was is known when it has ended.
      core.deleteProcess(client);
      assert.equal(core.gnutlsPeerStatus(client), null);
      assert.deepEqual([client.encryption, client.lastPeerStatus?.protocol], ['TLS1.3', 'TLS1.3']);
    }),
  );

  it(
    'what came in clear before the handshake ends the connection',
    withCore(async (core) => {
      const server = await plainServer((socket) => socket.write('GO\nINJECTED'));
      const told: string[] = [];
      const client = (await core.makeNetworkProcess({
        name: 'c',
        host,
        service: server.port,
        sentinel: (_: unknown, message: string) => void told.push(message),
        filter: () => pause(50),
      }))!;
      core.options.readProcessOutputMax = 3;
      await until('it has come', () => client.traffic.bytesReceived > 0);
      assert.equal(await codeOf(core.gnutlsNegotiate({ process: client })), 'NP_STARTTLS_INJECTION');
      assert.equal(client.status, 'closed');
      assert.match(told.join(), /^failed with Text in clear/);
      server.close();
    }),
  );

  it(
    'RS-059 a server that asks for the handshake again and again is not heeded, and the rest goes on',
    withCore(async (core) => {
      trustOurs(core);
      let again = 0;
      const server = await tlsServer({ maxVersion: 'TLSv1.2' }, (socket) => {
        // The first handshake is over here.
        socket.on('secure', () => (again += 1));
        for (let n = 0; n < 5; n++) socket.renegotiate({}, () => undefined);
        setTimeout(() => socket.write('after'), 50);
      });
      const { log, filter, sentinel } = recorder();
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {}, filter, sentinel };
      const client = (await core.makeNetworkProcess(spec))!;
      const before = performance.eventLoopUtilization();
      await pause(300);
      assert.ok(performance.eventLoopUtilization(before).utilization < 0.7);
      // Either side may end it; what must not be is a second handshake.
      if (client.status === 'open') assert.deepEqual(log, ['filter after']);
      else assert.equal(log.filter((line) => line.startsWith('sentinel')).length, 1);
      assert.equal(again, 0);
      assert.ok(client.traffic.bytesReceived <= 5);
      server.close();
    }),
  );

  it(
    'RS-060 text of one byte a record arrives whole',
    withCore(async (core) => {
      trustOurs(core);
      const text = 'Grüße aus 日本 😀';
      const server = await tlsServer({}, (socket) => {
        socket.setNoDelay();
        for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
      });
      const heard: string[] = [];
      const filter = (_: unknown, output: unknown): void => void heard.push(String(output));
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {}, filter, coding: 'utf-8' };
      await core.makeNetworkProcess(spec);
      await until('it is there', () => heard.join('') === text);
      assert.ok(heard.every((piece) => !piece.includes('\ufffd')));
      server.close();
    }),
  );

  for (const way of ['TLS', 'STARTTLS']) {
    it(
      `RS-061 a fast sender is held back under ${way} while a filter is busy, and then all arrives`,
      withCore(async (core) => {
        trustOurs(core);
        const total = 32 * 1024 * 1024;
        let written = 0;
        const send = (socket: tls.TLSSocket): void => {
          const piece = Buffer.alloc(64 * 1024, 120);
          const go = (): void => {
            while (written < total) {
              written += piece.length;
              if (!socket.write(piece)) return void socket.once('drain', go);
            }
          };
          go();
        };
        let letGo: () => void = () => undefined;
        const held = new Promise<void>((resolve) => (letGo = resolve));
        let heard = 0;
        const filter = (_: unknown, text: unknown): Promise<void> => {
          heard += String(text).length;
          return held;
        };
        const server =
          way === 'TLS'
            ? await tlsServer({}, send)
            : await plainServer((socket) => send(new tls.TLSSocket(socket, { isServer: true, ...keyPair('good') })));
        const spec = { name: 'c', host, service: server.port, filter };
        const client = (await core.makeNetworkProcess(
          way === 'TLS' ? { ...spec, tlsParameters: { hostname: 'localhost' } } : spec,
        ))!;
        if (way === 'STARTTLS') await core.gnutlsNegotiate({ process: client, hostname: 'localhost' });
        await pause(500);
        // What is in flight is the kernel's, a few mebibytes.
        assert.ok(client.traffic.bytesReceived < 1024 * 1024, `${client.traffic.bytesReceived} read`);
        assert.ok(written < total, `${written} written`);
        letGo();
        await until('all has arrived', () => heard === total);
        assert.equal(client.traffic.bytesReceived, total);
        server.close();
      }),
    );
  }

  it('what was accepted of a local socket is remembered by its path, which has a case', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'np-Case-'));
    await withCore(async (core) => {
      let asked = 0;
      core.options.trustQuestion = () => {
        asked += 1;
        return 'session';
      };
      for (const name of ['a', 'A']) {
        const service = join(folder, name);
        const local = { family: 'local', service } as const;
        await core.makeNetworkProcess({ ...local, name: 's', server: true, tlsParameters: { selfSigned: true } });
        await core.makeNetworkProcess({ ...local, name: 'c', tlsParameters: {} });
      }
      assert.deepEqual(
        core
          .trustRecords()
          .map(({ host }) => host)
          .sort(),
        [`${folder}/A:0`, `${folder}/a:0`],
      );
      assert.equal(asked, 2);
    })();
    rmSync(folder, { recursive: true, force: true });
  });
});
