import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { itWithNative } from '../../support/nativeSockets';
import { root } from '../../tools/lib/paths.mjs';
import { assertWaiting, codeOf, pause, plainServer, recorder, until, withCore } from './support';

const host = '127.0.0.1';
let folder = '';

async function make(core: NetworkProcesses, spec: Record<string, unknown>): Promise<NetworkProcess> {
  return (await core.makeNetworkProcess({ name: 'p', ...spec }))!;
}

const portOf = (core: NetworkProcesses, process: NetworkProcess): number =>
  (core.processContact(process, 'local') as number[]).at(-1)!;

/** A program of the system's. */
async function run(file: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(file, args)).stdout;
}

/** A test with a path of its own. */
function withPath(test: (core: NetworkProcesses, path: string) => Promise<void>): () => Promise<void> {
  return withCore((core) => test(core, join(folder, Math.random().toString(36).slice(2))));
}

describe('native sockets', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'np-native-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const type of [null, 'seqpacket']) {
    itWithNative(
      `of ${type ?? 'stream'} servers leave connections in the queue while stopped, and take them in order`,
      withPath(async (core, service) => {
        const local = { family: 'local', service, type };
        const { log, filter } = recorder();
        const server = await make(core, { name: 's', server: 5, ...local, filter, stop: true });
        const clients = [];
        for (const text of ['a', 'b', 'c']) {
          clients.push(await make(core, { name: 'c', ...local }));
          await core.processSendString(clients.at(-1)!, text);
        }
        await pause(30);
        assert.deepEqual([server.clients.count, log], [0, []]);
        core.continueProcess(server);
        await until('they came', () => log.length === 3);
        assert.deepEqual([log, server.clients.count], [['filter a', 'filter b', 'filter c'], 3]);
      }),
    );
  }

  for (const type of ['seqpacket', 'datagram']) {
    itWithNative(
      `send all that a ${type} process was given before it is deleted at once, and tell so`,
      withPath(async (core, service) => {
        const { log, filter } = recorder();
        const local = { family: 'local', service, type };
        await make(core, { name: 's', server: true, ...local, filter });
        const client = await make(core, { name: 'c', ...local });
        const sent = ['a', 'b', 'c'].map((text) => core.processSendString(client, text));
        core.deleteProcess(client);
        await Promise.all(sent);
        await until('they came', () => log.length === 3);
        assert.deepEqual(log, ['filter a', 'filter b', 'filter c']);
        const { bytesSent, bytesLost, bytesQueued } = client.traffic;
        assert.deepEqual([bytesSent, bytesLost, bytesQueued], [3, 0, 0]);
      }),
    );
  }

  itWithNative(
    'wait for room in a full backlog without keeping the processor busy, and give up when told to',
    withPath(async (core, service) => {
      const local = { family: 'local', service, type: 'seqpacket' };
      const server = await make(core, { name: 's', server: 0, ...local, stop: true });
      const first = await make(core, { name: 'c', ...local });
      const ending = new AbortController();
      const given = core.makeNetworkProcess({ name: 'd', ...local }, { signal: ending.signal });
      const waits = core.makeNetworkProcess({ name: 'e', ...local });
      await assertWaiting();
      ending.abort();
      assert.equal(await codeOf(given), 'NP_CANCELLED');
      core.continueProcess(server);
      assert.deepEqual([(await waits)!.status, first.status], ['open', 'open']);
    }),
  );

  itWithNative(
    'keep packets whole, up to the largest that the system takes, and say which is too large',
    withPath(async (core, service) => {
      const sizes: number[] = [];
      const local = { family: 'local', service, type: 'seqpacket', coding: 'binary' };
      await make(core, {
        name: 's',
        server: true,
        ...local,
        filter: (_: unknown, b: Uint8Array) => sizes.push(b.length),
      });
      const client = await make(core, { name: 'c', ...local });
      for (const size of [1, 4_096, 4_097, 65_536, 150_000]) await core.processSendString(client, Buffer.alloc(size));
      await until('they came', () => sizes.length === 5);
      assert.deepEqual(sizes, [1, 4_096, 4_097, 65_536, 150_000]);
      await assert.rejects(core.processSendString(client, Buffer.alloc(20_000_000)), {
        code: 'NP_SEND_TOO_LARGE',
        data: ['Writing to process', 'Message too long', client],
      });
      await core.processSendString(client, 'x');
      await until('it came', () => sizes.length === 6);
    }),
  );

  itWithNative(
    'tell a packet of nothing from the end',
    withPath(async (core, service) => {
      const { log, filter, sentinel } = recorder();
      const server = await make(core, {
        ...{ name: 's', server: true, family: 'local', service, type: 'seqpacket' },
        ...{ filter, sentinel },
      });
      const script = (then: string): string => `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])
s.send(b'a'); s.send(b''); s.send(b'b')
${then}
s.close()`;
      const peer = run('python3', '-c', script('print(s.recv(10).decode())'), service);
      const whole = ['sentinel open from - open', 'filter a', 'filter b'];
      await until('both came', () => log.includes('filter b'));
      assert.deepEqual(log, whole);
      const accepted = core.processList()[0]!;
      await core.processSendString(accepted, 'done');
      assert.equal(await peer, 'done\n');
      whole.push('sentinel connection broken by remote peer closed');
      await until('it ended', () => log.length === 4);
      assert.deepEqual([log, accepted.traffic.messagesReceived], [whole, 3]);
      // All of it, and the end, before anything is read.
      core.stopProcess(server);
      await run('python3', '-c', script(''), service);
      core.continueProcess(server);
      await until('it ended', () => log.length === 8);
      assert.deepEqual(log.slice(4), whole);
    }),
  );

  itWithNative(
    'hold what a peer does not take, and send it in order, without keeping the processor busy',
    withPath(async (core, service) => {
      for (const type of ['seqpacket', 'datagram']) {
        const at = { family: 'local', service: `${service}-${type}`, type };
        const heard: string[] = [];
        const filter = (_: unknown, text: string): void => void heard.push(text.trimEnd());
        const server = await make(core, { name: 's', server: true, ...at, filter, stop: type === 'datagram' });
        const client = await make(core, { name: 'c', ...at });
        if (type === 'seqpacket') {
          await until('it is accepted', () => server.clients.count === 1);
          core.stopProcess(core.processList().find((process) => process.server === server)!);
        }
        const sends = Array.from({ length: 1_000 }, (_, i) => core.processSendString(client, `${i}`.padEnd(1_000)));
        await assertWaiting();
        assert.ok(client.traffic.bytesQueued > 0, type);
        core.continueProcess(type === 'datagram' ? server : core.processList().find((p) => p.server === server)!);
        await Promise.all(sends);
        await until('all came', () => heard.length === 1_000);
        assert.deepEqual(
          heard,
          heard.map((_, i) => `${i}`),
        );
      }
    }),
  );

  itWithNative(
    'answer every address that the system has, and refuse what is none without harm',
    withPath(async (core, service) => {
      const heard: string[] = [];
      const filter = async (process: NetworkProcess, text: string): Promise<void> => {
        heard.push(text);
        await core.processSendString(process, `>${text}`);
      };
      const local = { family: 'local', type: 'datagram' };
      const server = await make(core, { name: 's', server: true, ...local, service, filter });
      // As long as an address can be, without a final zero byte.
      const script = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(b'\\0' + sys.argv[2].encode().ljust(107, b'x'))
s.sendto(b'long', sys.argv[1])
print(s.recv(10).decode())`;
      assert.equal(await run('python3', '-c', script, service, `np-${process.pid}`), '>long\n');
      for (const wrong of [`/${'x'.repeat(200)}`, 'b\0x', '', ['a'], 3]) {
        assert.equal(core.setProcessDatagramAddress(server, wrong), null);
      }
      const raw = core.makeNetworkProcess({ name: 'u', type: 'datagram', remote: { family: 2, bytes: [1] } });
      assert.equal(await codeOf(raw), 'NP_CONNECT_FAILED');
      const remote = 'x'.repeat(200);
      const second = { name: 't', server: true, type: 'datagram', local: `${service}-2`, remote };
      assert.equal(await codeOf(core.makeNetworkProcess(second)), 'NP_ADDRESS_TOO_LONG');
      const peer = await make(core, { name: 'c', ...local, service });
      await core.processSendString(peer, 'after');
      await until('it came', () => heard.includes('after'));
    }),
  );

  itWithNative(
    'that linger are closed without anybody waiting',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.pause());
      const client = await make(core, { name: 'c', host, service: peer.port, linger: 30 });
      const sent = core.processSendBytes(client, Buffer.alloc(8_000_000)).catch(() => undefined);
      await pause(50);
      const start = Date.now();
      core.deleteProcess(client);
      assert.ok(Date.now() - start < 10_000);
      await sent;
      peer.close();
    }),
  );

  itWithNative(
    'of packets tell a peer that is gone when something is sent, stopped or not, after all that it sent',
    withPath(async (core, service) => {
      const { log, filter, sentinel } = recorder();
      const local = { family: 'local', service, type: 'seqpacket' };
      const server = await make(core, { name: 's', server: true, ...local });
      const client = await make(core, { name: 'c', ...local, filter, sentinel });
      await until('it is accepted', () => server.clients.count === 1);
      const accepted = core.processList().find((p) => p.server === server)!;
      core.stopProcess(client);
      await core.processSendString(accepted, 'last');
      core.deleteProcess(accepted);
      assert.equal(await codeOf(core.processSendString(client, 'x')), 'NP_SEND_PEER_GONE');
      await until('it is told', () => log.length === 2);
      assert.deepEqual(log, ['filter last', 'sentinel connection broken by remote peer closed']);
    }),
  );

  itWithNative(
    'of packets lose none that came before a reset',
    withPath(async (core, service) => {
      const { log, filter, sentinel } = recorder();
      const local = { family: 'local', service, type: 'seqpacket' };
      const server = await make(core, { name: 's', server: true, ...local });
      const client = await make(core, { name: 'c', ...local, filter, sentinel, stop: true });
      await until('it is accepted', () => server.clients.count === 1);
      const accepted = core.processList().find((p) => p.server === server)!;
      core.stopProcess(accepted);
      // What a peer leaves unread makes its end a reset.
      await core.processSendString(client, 'unread');
      for (const text of ['a', 'b', 'c']) await core.processSendString(accepted, text);
      core.deleteProcess(accepted);
      core.continueProcess(client);
      await until('it ended', () => log.length === 4);
      assert.deepEqual(log, ['filter a', 'filter b', 'filter c', 'sentinel connection broken by remote peer closed']);
      assert.equal((client.failure as { code?: string } | null)?.code, 'NP_PEER_RESET');
    }),
  );

  itWithNative(
    'have a backlog that the system takes, whatever is asked for',
    withPath(async (core, service) => {
      for (const server of [1e10, NaN, Infinity, -(2 ** 40), 2 ** 31]) {
        const process = await make(core, { name: 's', server, family: 'local', service });
        assert.equal(process.status, 'listen');
        core.deleteProcess(process);
      }
    }),
  );

  itWithNative(
    'have options that were set while they connected',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const client = await make(core, { name: 'c', host, service: peer.port, nowait: true });
      assert.equal(core.setNetworkProcessOption(client, 'bindtodevice', 'lo'), true);
      await until('it is open', () => client.status === 'open');
      assert.equal(core.networkProcessOptions(client)!.bindtodevice, 'lo');
      peer.close();
    }),
  );

  itWithNative('are looked for in the folder of this program and nowhere above', async () => {
    const planted = join(folder, 'planted');
    const own = join(planted, 'home', 'extension', 'dist');
    mkdirSync(own, { recursive: true });
    copyFileSync(`${root}/dist/core.js`, join(own, 'core.js'));
    const prebuilds = `src/native/prebuilds/${process.platform}-${process.arch}`;
    mkdirSync(join(planted, prebuilds), { recursive: true });
    copyFileSync(`${root}/${prebuilds}/netproc.node`, join(planted, prebuilds, 'netproc.node'));
    const script = `console.log(require('./core.js').createNetworkProcesses().featureProblem('linger'))`;
    const told = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['-e', script], { cwd: own })).stdout.trim();
    assert.match(await told(), /^There are no native sockets/);
    writeFileSync(join(own, '../package.json'), '{"name": "network-processes"}');
    assert.match(await told(), /^There are no native sockets/);
    writeFileSync(join(planted, 'package.json'), '{"name": "network-processes"}');
    rmSync(join(own, '../package.json'));
    assert.equal(await told(), 'null');
  });

  it('are not needed for a clear no', async () => {
    const script = `
      const core = require(${JSON.stringify(`${root}/dist/core.js`)}).createNetworkProcesses();
      const server = { server: true, service: true };
      const local = { family: 'local', service: '/tmp/x' };
      const specs = [
        { ...server, reuseaddr: null }, { ...server, broadcast: true }, { ...server, useExternalSocket: true },
        { remote: { family: 2, bytes: [0, 9, 127, 0, 0, 1] } }, { ...local, type: 'seqpacket' }, { ...local, type: 'datagram' },
      ];
      const of = (spec) => core.makeNetworkProcess({ name: 'x', ...spec }).then(() => ['made'], (e) => [e.code, e.hint]);
      Promise.all(specs.map(of)).then((told) => console.log(JSON.stringify(told)));`;
    const env = { ...process.env, NETPROC_ADDON: 'off', LISTEN_FDS: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    const told = JSON.parse(stdout) as [string, string][];
    assert.equal(told.length, 6);
    for (const [code, hint] of told) {
      assert.equal(code, 'NP_UNSUPPORTED');
      assert.match(hint, /^Native sockets are off/);
    }
  });

  itWithNative(
    'are listed by the name of their type',
    withPath(async (core, service) => {
      await make(core, { name: 's', server: true, type: 'seqpacket', family: 'local', service });
      await make(core, { name: 'c', type: 'seqpacket', family: 'local', service });
      const list = core.listProcesses();
      assert.ok(list.includes(`(seqpacket server on ${service})`), list);
      assert.ok(list.includes(`(seqpacket connection to nil:${service})`), list);
    }),
  );

  itWithNative(
    'have the backlog asked for',
    withCore(async (core) => {
      const queues: string[] = [];
      for (const server of [7, 0, true]) {
        const process = await make(core, { name: 's', server, host, service: true });
        const line = await run('ss', '-Hltn', `sport = :${portOf(core, process)}`);
        queues.push(line.trim().split(/\s+/)[2]!);
      }
      assert.deepEqual(queues, ['7', '0', '5']);
    }),
  );

  itWithNative(
    'set options before they connect, and on what they accept',
    withCore(async (core) => {
      const server = await make(core, { name: 's', server: true, host, service: true, keepalive: true, priority: 4 });
      const client = await make(core, {
        name: 'c',
        host,
        service: portOf(core, server),
        bindtodevice: 'lo',
        linger: 7,
      });
      await until('it is accepted', () => server.clients.count === 1);
      const accepted = core.networkProcessOptions(core.processList()[0]!)!;
      assert.deepEqual([accepted.keepalive, accepted.nodelay], [true, false]);
      const own = core.networkProcessOptions(client)!;
      assert.deepEqual([own.bindtodevice, own.linger, own.keepalive, own.priority], ['lo', 7, false, 0]);
      assert.equal(core.setNetworkProcessOption(client, 'nodelay', true), true);
      assert.equal(core.networkProcessOptions(client)!.nodelay, true);
      assert.match(await run('ss', '-Htne', `dport = :${portOf(core, server)}`), /%lo/);
      core.deleteProcess(client);
      assert.equal(core.networkProcessOptions(client), null);
    }),
  );

  itWithNative(
    'set on a server later reach what it accepts from then on',
    withCore(async (core) => {
      const server = await make(core, { name: 's', server: true, host, service: true });
      core.setNetworkProcessOption(server, 'oobinline', true);
      assert.equal(core.networkProcessOptions(server)!.oobinline, true);
      await make(core, { name: 'c', host, service: portOf(core, server) });
      await until('it is accepted', () => server.clients.count === 1);
      assert.equal(core.networkProcessOptions(core.processList()[0]!)!.oobinline, true);
    }),
  );

  itWithNative(
    'of datagram clients have options from the start',
    withCore(async (core) => {
      const client = await make(core, { type: 'datagram', host, service: 9, broadcast: true, priority: 3 });
      const { broadcast, priority } = core.networkProcessOptions(client)!;
      assert.deepEqual([broadcast, priority], [true, 3]);
    }),
  );

  itWithNative(
    'without reuseaddr do not take a TCP port that was just in use',
    withCore(async (core) => {
      const server = await make(core, { name: 's', server: true, host, service: true });
      const service = portOf(core, server);
      const socket = net.connect(service, host).on('error', () => undefined);
      await until('it is accepted', () => server.clients.count === 1);
      core.deleteProcess(core.processList()[0]!);
      core.deleteProcess(server);
      socket.resume();
      await once(socket, 'close');
      const again = (reuseaddr: unknown): Promise<unknown> =>
        core.makeNetworkProcess({ name: 's', server: true, host, service, reuseaddr });
      assert.equal(await codeOf(again(null)), 'NP_LISTEN_IN_USE');
      assert.equal(await codeOf(again(true)), 'no error');
    }),
  );

  itWithNative(
    'have names in no folder',
    withCore(async (core) => {
      for (const type of [null, 'seqpacket', 'datagram']) {
        const service = `\0np-test-${process.pid}-${type}`;
        const { log, filter } = recorder();
        const server = await make(core, { name: 's', server: true, family: 'local', service, type, filter });
        assert.equal(core.processContact(server, 'local'), service);
        const client = await make(core, { name: 'c', family: 'local', service, type });
        await core.processSendString(client, 'hello');
        await until('it came', () => log.length === 1);
        assert.match(await run('ss', '-Hxa'), new RegExp(`@np-test-${process.pid}-${type}`));
      }
    }),
  );

  itWithNative(
    'leave no file behind, have its permissions at once, and take over what is stale',
    withPath(async (core, service) => {
      for (const type of ['seqpacket', 'datagram']) {
        const spec = { name: 's', server: true, family: 'local', service, type, mode: 0o640 };
        const server = await make(core, spec);
        assert.equal(statSync(service).mode & 0o777, 0o640);
        assert.equal(await codeOf(core.makeNetworkProcess(spec)), 'NP_LISTEN_IN_USE');
        core.deleteProcess(server);
        assert.equal(existsSync(service), false);
        const kept = await make(core, { ...spec, keepFile: true });
        core.deleteProcess(kept);
        assert.equal(existsSync(service), true);
        core.deleteProcess(await make(core, spec));
        assert.equal(existsSync(service), false);
      }
    }),
  );

  itWithNative(
    'connect and listen at raw addresses',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.end('hello'));
      const { log, filter } = recorder();
      const raw = (port: number): object => ({
        family: 2,
        bytes: [port >> 8, port & 255, 127, 0, 0, 1, ...new Array<number>(8).fill(0)],
      });
      const client = await make(core, { name: 'c', remote: raw(peer.port), filter });
      await until('it greets', () => log.length === 1);
      assert.deepEqual([log[0], core.processContact(client, 'remote')], ['filter hello', raw(peer.port)]);
      const server = await make(core, { name: 's', server: true, local: raw(0) });
      assert.equal((core.processContact(server, 'local') as number[]).slice(0, 4).join('.'), host);
      peer.close();
    }),
  );

  itWithNative(
    'take a listening socket that the program was started with, once, and pass over what is none',
    async () => {
      const listener = net.createServer().listen(0, host);
      await once(listener, 'listening');
      const { port } = listener.address() as net.AddressInfo;
      const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
      const plainFile = openSync(join(folder, 'no-socket'), 'w');
      const udp = createSocket('udp4').bind(0, host);
      await once(udp, 'listening');
      const { fd: udpFd } = (udp as unknown as { _handle: { fd: number } })._handle;
      const script = `
      const { createNetworkProcesses } = require(${JSON.stringify(`${root}/dist/core.js`)});
      const core = createNetworkProcesses();
      const made = [];
      const make = async (more) => {
        const server = await core.makeNetworkProcess({
          name: 's', server: true, host: '127.0.0.1', service: true, useExternalSocket: true, keepalive: true,
          filter: (process, text) => core.processSendString(process, 'heard ' + text), ...more });
        made.push(core.processContact(server, 'service'), core.networkProcessOptions(server).keepalive);
      };
      (async () => {
        await make({ useExternalSocket: null });
        await make();
        await make();
        console.log(JSON.stringify(made));
        process.stdin.on('end', () => core.dispose()).resume();
      })();`;
      const child: ChildProcess = spawn(process.execPath, ['-e', script], {
        env: { ...process.env, LISTEN_FDS: '3', LISTEN_PID: '1' },
        stdio: ['pipe', 'pipe', 'inherit', plainFile, udpFd, fd],
      });
      try {
        const [line] = (await once(child.stdout!, 'data')) as [Buffer];
        const [other, , handed, keepalive, second] = JSON.parse(String(line)) as (number | boolean)[];
        assert.deepEqual([handed, keepalive, other === port, second === port], [port, true, false, false]);
        // The child alone is to accept.
        listener.close();
        const socket = net.connect(port, host);
        socket.write('x');
        assert.equal(String((await once(socket, 'data'))[0]), 'heard x');
        socket.destroy();
      } finally {
        child.stdin!.end();
        if (child.exitCode === null) await once(child, 'exit');
        closeSync(plainFile);
        udp.close();
      }
    },
  );

  itWithNative(
    'leave a descriptor for nothing, however many come and go',
    withPath(async (core, service) => {
      const open = async (): Promise<number> => (await import('node:fs')).readdirSync('/proc/self/fd').length;
      const before = await open();
      for (const type of [null, 'seqpacket', 'datagram']) {
        for (let i = 0; i < 100; i++) {
          const at = { family: 'local', service, type };
          const server = await make(core, { name: 's', server: true, ...at });
          await make(core, { name: 'c', ...at, linger: 1 });
          for (const process of core.processList()) core.deleteProcess(process);
          if (type !== 'datagram') assert.equal(server.clients.count, 0);
        }
      }
      await pause(20);
      assert.ok((await open()) - before <= 5);
    }),
  );
});
