import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import type { NetworkProcess, NetworkProcesses, NetworkProcessSpec } from '../../../src/core';
import { codeOf, pause, plainServer, recorder, until, withCore } from './support';

const loopback = '127.0.0.1';

async function server(core: NetworkProcesses, spec: Partial<NetworkProcessSpec> = {}): Promise<NetworkProcess> {
  return (await core.makeNetworkProcess({ name: 's', server: true, service: true, ...spec }))!;
}

async function client(core: NetworkProcesses, service: unknown, spec: Partial<NetworkProcessSpec> = {}) {
  return (await core.makeNetworkProcess({ name: 'c', host: loopback, service, ...spec }))!;
}

describe('acceptProcessOutput', () => {
  it(
    'is true with output of that process, also when its end follows at once',
    withCore(async (core) => {
      const peer = await plainServer((socket) => setTimeout(() => socket.end('x'), 30));
      const process = await client(core, peer.port);
      assert.equal(await core.acceptProcessOutput(process), true);
      assert.equal(await core.acceptProcessOutput(process), false);
      assert.equal(process.status, 'closed');
      assert.equal(await core.acceptProcessOutput(process), false);
      peer.close();
    }),
  );

  it(
    'is false when the time is over, whatever others say',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const [quiet, loud] = [await client(core, peer.port), await client(core, peer.port)];
      await until('both are there', () => peer.sockets.length === 2);
      const waiting = core.acceptProcessOutput(quiet, 0.05);
      const any = core.acceptProcessOutput(null, 5);
      peer.sockets[1]!.write('x');
      assert.deepEqual([await any, await waiting], [true, false]);
      assert.equal(loud.traffic.bytesReceived, 1);
      assert.equal(await core.acceptProcessOutput(), false);
      assert.equal(await core.acceptProcessOutput(quiet, null, 10), false);
      peer.close();
    }),
  );

  it(
    'reads what is there already with a time of 0',
    withCore(async (core) => {
      const peer = await plainServer((socket) => void socket.write('x'));
      const { log, filter } = recorder();
      const process = await client(core, peer.port, { filter });
      for (let i = 0; i < 1000 && !(await core.acceptProcessOutput(process, 0)); i++);
      assert.deepEqual(log, ['filter x']);
      peer.close();
    }),
  );

  it(
    'waits for the promise of the filter',
    withCore(async (core) => {
      const peer = await plainServer((socket) => void socket.write('x'));
      let isDone = false;
      const process = await client(core, peer.port, { filter: () => pause(30).then(() => (isDone = true)) });
      assert.equal(await core.acceptProcessOutput(process), true);
      assert.equal(isDone, true);
      peer.close();
    }),
  );

  it(
    'ends with the process, and with everything',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const process = await client(core, peer.port);
      const waiting = core.acceptProcessOutput(process);
      core.deleteProcess(process);
      assert.equal(await waiting, false);
      const other = core.acceptProcessOutput(await client(core, peer.port));
      core.dispose();
      assert.equal(await other, false);
      peer.close();
    }),
  );

  it(
    'of just one reads no other meanwhile, and loses nothing',
    withCore(async (core) => {
      const peer = await plainServer((socket) => void socket.write('x'));
      const { log, filter } = recorder();
      const one = await client(core, peer.port, { stop: true });
      const listening = await server(core);
      const other = await client(core, peer.port, { filter: true });
      const waiting = core.acceptProcessOutput(one, 0.1, null, true);
      core.setProcessFilter(other, filter);
      const accepted = client(core, core.processContact(listening, 'service'));
      await pause(50);
      assert.deepEqual([log, listening.clients.count], [[], 0]);
      assert.equal(await waiting, false);
      await until('the other is read', () => log.length === 1 && listening.clients.count === 1);
      await accepted;
      peer.close();
    }),
  );

  it(
    'checks what it is given',
    withCore(async (core) => {
      const process = await server(core);
      const odd = (...args: unknown[]): Promise<string> =>
        codeOf(core.acceptProcessOutput(...(args as Parameters<NetworkProcesses['acceptProcessOutput']>)));
      for (const args of [
        ['s', 0],
        [process, 'x'],
        [process, 0, 'x'],
        [process, 0, 1.5],
      ]) {
        assert.equal(await odd(...args), 'NP_WRONG_TYPE', String(args));
      }
    }),
  );
});

describe('cloneProcess', () => {
  it(
    'connects to the same address, with what the first one has now',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const { filter, sentinel } = recorder();
      const first = await client(core, peer.port, { name: 'c', buffer: 'b', noquery: true, plist: { a: 1 }, sentinel });
      core.processPut(first, 'b', 2);
      core.setProcessFilter(first, filter);
      core.setProcessCodingSystem(first, 'latin-1', 'koi8-r');
      const clone = (await core.cloneProcess(first))!;
      assert.equal(clone.name, 'c<1>');
      assert.equal((await core.cloneProcess(clone))!.name, 'c<2>');
      assert.equal((await core.cloneProcess(clone, 'other<3>'))!.name, 'other');
      assert.deepEqual(core.processContact(clone, 'remote'), [127, 0, 0, 1, peer.port]);
      // As in Emacs, what it was made with: the contact says nothing of later changes.
      assert.deepEqual(core.processCodingSystem(clone), { decode: 'undecided-unix', encode: 'utf-8-unix' });
      assert.deepEqual([...clone.plist], [...first.plist]);
      assert.deepEqual([core.processFilter(clone), core.processSentinel(clone)], [filter, sentinel]);
      assert.deepEqual([clone.buffer, core.processQueryOnExitFlag(clone)], [first.buffer, false]);
      core.processPut(clone, 'b', 3);
      assert.equal(core.processGet(first, 'b'), 2);
      peer.close();
    }),
  );

  it(
    'makes nothing from what is not open',
    withCore(async (core) => {
      const process = await server(core);
      assert.equal(await core.cloneProcess(process), null);
      assert.equal(await codeOf(core.cloneProcess('s' as unknown as NetworkProcess)), 'NP_WRONG_TYPE');
      assert.equal(core.processList().length, 1);
    }),
  );
});

describe('functions for subprocesses', () => {
  it(
    'refuse network processes as Emacs does',
    withCore(async (core) => {
      const process = await server(core);
      const not = { code: 'NP_NO_SUBPROCESS', message: 'Process s is not a subprocess' };
      assert.throws(() => core.signalProcess('s', 'int'), { message: 'Cannot signal process s' });
      assert.equal(core.signalProcess('nosuch', 'int'), null);
      assert.throws(() => core.interruptProcess(process), not);
      assert.throws(() => core.killProcess(process), not);
      assert.throws(() => core.quitProcess('s'), not);
      assert.throws(() => core.processRunningChildP(process), not);
      assert.deepEqual([core.processTtyName(process), core.processId(process)], [null, null]);
      assert.equal(core.setProcessWindowSize(process, 24, 80), null);
      assert.throws(() => core.setProcessWindowSize(process, 24, -1), { code: 'NP_ARGS_OUT_OF_RANGE' });
      assert.throws(() => core.setProcessWindowSize(process, 2.5, 1), { code: 'NP_WRONG_TYPE' });
    }),
  );
});

describe('addresses of this computer and others', () => {
  it(
    'are looked up, with port 0',
    withCore(async (core) => {
      const reports: string[] = [];
      core.onDidReportError(({ source, error }) => reports.push(`${source} ${(error as Error).message}`));
      assert.deepEqual(await core.networkLookupAddressInfo('127.0.0.1'), [[127, 0, 0, 1, 0]]);
      assert.deepEqual(await core.networkLookupAddressInfo('::1', 'ipv6'), [[0, 0, 0, 0, 0, 0, 0, 1, 0]]);
      assert.deepEqual(reports, []);
      assert.equal(await core.networkLookupAddressInfo('127.0.0.1', 'ipv6'), null);
      assert.equal(await core.networkLookupAddressInfo(''), null);
      assert.deepEqual(reports, [
        'lookup 127.0.0.1/0 Address family for hostname not supported',
        'lookup /0 Name or service not known',
      ]);
      await assert.rejects(core.networkLookupAddressInfo('localhost', 'local'), /^.*Unsupported lookup type/);
      await assert.rejects(core.networkLookupAddressInfo('é'), /Non-ASCII hostname é detected/);
      assert.equal(await codeOf(core.networkLookupAddressInfo(7 as unknown as string)), 'NP_WRONG_TYPE');
    }),
  );

  it(
    'of interfaces are listed by family, each with its broadcast and mask',
    withCore(async (core) => {
      const all = core.networkInterfaceList(true);
      assert.equal(all.length, Object.values(networkInterfaces()).flat().length);
      const four = core.networkInterfaceList(true, 'ipv4');
      const own = four.find(([, address]) => String(address) === '127,0,0,1,0')!;
      assert.deepEqual(own.slice(2), [
        [127, 255, 255, 255, 0],
        [255, 0, 0, 0, 0],
      ]);
      const names = core.networkInterfaceList(null, 'ipv4').map(([name]) => name);
      assert.deepEqual(names, four.map(([name]) => name)); // prettier-ignore
      assert.deepEqual(all.slice(-four.length), four);
      assert.ok(core.networkInterfaceList(false, 'ipv6').every((entry) => (entry[1] as number[]).length === 9));
      assert.throws(() => core.networkInterfaceList(true, 'local'), /Unsupported address family/);
      const info = core.networkInterfaceInfo(own[0])!;
      assert.deepEqual(info.slice(0, 3), [
        [127, 0, 0, 1, 0],
        [0, 0, 0, 0, 0],
        [255, 0, 0, 0, 0],
      ]);
      assert.deepEqual(info[3]!.bytes, [0, 0, 0, 0, 0, 0]);
      assert.deepEqual(info[4], ['running', 'loopback', 'up']);
      assert.equal(core.networkInterfaceInfo('nosuch0'), null);
      assert.equal(core.networkInterfaceInfo('../../../etc'), null);
      assert.throws(() => core.networkInterfaceInfo('x'.repeat(16)), /interface name too long/);
    }),
  );
});

describe('families', () => {
  it(
    'can be the numbers that the system has for them',
    withCore(async (core) => {
      const listening = await server(core, { family: 2 });
      const port = core.processContact(listening, 'service');
      const process = await client(core, port, { family: 0 });
      assert.equal(core.processContact(process, 'family'), 0);
      const failing = (spec: Partial<NetworkProcessSpec>): Promise<unknown> => client(core, port, spec);
      await assert.rejects(failing({ family: 1 }), { code: 'NP_WRONG_TYPE' });
      await assert.rejects(failing({ family: 99 }), { message: `127.0.0.1/${port as number} ai_family not supported` });
      await assert.rejects(failing({ family: 1, service: '/nosuch/file' }), { code: 'NP_CONNECT_NO_FILE' });
      assert.deepEqual([core.processList().includes(listening), core.processList().includes(process)], [true, true]);
      assert.ok(core.processList().length <= 3);
    }),
  );

  it(
    'that no socket has are refused with the address',
    withCore(async (core) => {
      const remote = { family: 99, bytes: [1, 2, 3] };
      const text = 'Address family not supported by protocol';
      await assert.rejects(core.makeNetworkProcess({ name: 'c', remote }), {
        condition: 'file-error',
        data: ['make client process failed', text, Symbol.for(':name'), 'c', Symbol.for(':remote'), remote],
        message: `make client process failed: ${text} (<Family 99>)`,
      });
      const listening = core.makeNetworkProcess({ name: 's', server: true, local: remote });
      await assert.rejects(listening, /^NetworkProcessError: make server process failed: Address family/);
      const inet = core.makeNetworkProcess({ name: 's', server: true, local: { family: 2, bytes: [0, 0] } });
      await assert.rejects(
        inet,
        /^NetworkProcessError: (Cannot bind server socket: Invalid argument|Raw addresses are not supported)/,
      );
      assert.equal(
        await codeOf(core.makeNetworkProcess({ name: 'c', remote: { family: 'x' } })),
        'NP_ADDRESS_MALFORMED',
      );
      assert.deepEqual(core.processList(), []);
    }),
  );
});

describe('the coding system of a new process', () => {
  it(
    'is the one asked for, else the one bound, else bytes for a buffer of bytes, else by service, else the default',
    withCore(async (core) => {
      const { options } = core;
      const made = async (spec: Partial<NetworkProcessSpec>): Promise<string> => {
        const process = await server(core, spec);
        core.deleteProcess(process);
        return Object.values(core.processCodingSystem(process)).join(' ');
      };
      core.getBufferCreate('bytes').setMultibyte(false);
      assert.equal(await made({}), 'undecided-unix utf-8-unix');
      options.networkCodingSystemAlist = [
        [0, 'latin-1'],
        ['^0', { decode: 'koi8-r', encode: 'utf-8-dos' }],
        [/^http$/, (spec) => (spec.family === 'ipv4' ? 'latin-2' : null)],
      ];
      assert.equal(await made({ service: 0 }), 'latin-1 latin-1');
      assert.equal(await made({ service: '0' }), 'koi8-r utf-8-dos');
      assert.equal(await made({ service: '0', buffer: 'bytes' }), ' utf-8-dos');
      assert.equal(await made({ local: [127, 0, 0, 1, 0] }), 'undecided-unix utf-8-unix');
      options.codingSystemForRead = 'latin-3';
      assert.equal(await made({ service: '0' }), 'latin-3 utf-8-dos');
      options.codingSystemForWrite = 'latin-4';
      assert.equal(await made({ service: '0' }), 'latin-3 latin-4');
      assert.equal(await made({ service: '0', coding: 'utf-8' }), 'utf-8 utf-8');
    }),
  );

  it(
    'goes on to the buffer, when that is asked for',
    withCore(async (core) => {
      core.options.inheritProcessCodingSystem = true;
      const peer = await plainServer((socket) => void socket.write('é'));
      const process = await client(core, peer.port, { buffer: 'b' });
      assert.equal(core.processInheritCodingSystemFlag(process), true);
      await until('it is known', () => process.buffer!.fileCodingSystem === 'utf-8-unix');
      const other = await client(core, peer.port, { buffer: 'o', coding: 'latin-1' });
      assert.equal(core.processInheritCodingSystemFlag(other), false);
      assert.equal(core.setProcessInheritCodingSystemFlag(process, null), null);
      assert.equal(core.processInheritCodingSystemFlag(process), false);
      peer.close();
    }),
  );
});

describe('lastCodingSystemUsed', () => {
  // The names are what an Emacs said about the same sends and answers.
  const cases: [unknown, string | Uint8Array, string, string][] = [
    ['utf-8', 'é', 'utf-8-unix', 'utf-8'],
    ['undecided', 'é', 'utf-8-unix', 'utf-8'],
    ['latin-1-dos', 'é\n', 'latin-1-dos', 'latin-1-dos'],
    ['no-conversion', 'abc', 'no-conversion', 'no-conversion'],
    ['utf-8', Buffer.from('abc'), 'utf-8', 'utf-8'],
    ['utf-8', Buffer.from([0xff, 0xfe]), 'raw-text', 'utf-8'],
    ['raw-text', 'é\n', 'raw-text-unix', 'raw-text-unix'],
  ];
  for (const [coding, text, sent, read] of cases) {
    it(
      `is ${sent} after sending, ${read} for what comes back (${String(coding)})`,
      withCore(async (core) => {
        assert.equal(core.lastCodingSystemUsed, null);
        const echo = await server(core, {
          coding: 'binary',
          filter: (p, bytes) => void core.processSendString(p, bytes),
        });
        let seen: string | null = null;
        const client = (await core.makeNetworkProcess({
          name: 'c',
          host: 'local',
          service: core.processContact(echo, 'service') as number,
          coding: coding as string,
          filter: () => (seen = core.lastCodingSystemUsed),
        }))!;
        const sending = core.processSendString(client, text);
        assert.equal(core.lastCodingSystemUsed, sent);
        await sending;
        assert.equal(await core.acceptProcessOutput(client, 5), true);
        assert.equal(seen, read);
      }),
    );
  }
});

describe('ended processes', () => {
  it(
    'stay listed until they are deleted or listed, when that is asked for',
    withCore(async (core) => {
      core.options.deleteExitedProcesses = false;
      const { log, sentinel } = recorder();
      const peer = await plainServer((socket) => socket.end());
      const process = await client(core, peer.port, { sentinel });
      await until('it has ended', () => log.length === 1);
      assert.deepEqual([core.processList(), core.getProcess('c')], [[process], process]);
      assert.doesNotMatch(core.listProcesses(), /^c /m);
      assert.deepEqual(core.processList(), []);
      assert.deepEqual(log, ['sentinel connection broken by remote peer closed', 'sentinel deleted closed']);
      core.deleteProcess(process);
      assert.equal(log.length, 2);
      peer.close();
    }),
  );

  it(
    'and those without a socket have no contact for those who do not wait',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const later = await client(core, peer.port, { nowait: true });
      assert.equal(core.processContact(later, null, true), null);
      assert.deepEqual(core.processContact(later), [loopback, peer.port]);
      await until('it is open', () => later.status === 'open');
      assert.equal(core.processContact(later, 'service', true), peer.port);
      core.deleteProcess(later);
      assert.deepEqual(
        [core.processContact(later, 'service', true), core.processContact(later, 'service')],
        [null, peer.port],
      );
      peer.close();
    }),
  );

  it(
    'are asked about unless their flag is off or they are not running',
    withCore(async (core) => {
      const process = await server(core);
      assert.equal(core.processAsksOnExit(process), true);
      core.stopProcess(process);
      assert.equal(core.processAsksOnExit(process), true);
      core.setProcessQueryOnExitFlag(process, null);
      assert.equal(core.processAsksOnExit(process), false);
      assert.equal(core.listProcesses(true).split('\n').length, 2);
      core.setProcessQueryOnExitFlag(process, true);
      core.deleteProcess(process);
      assert.equal(core.processAsksOnExit(process), false);
    }),
  );
});

describe('bad input', () => {
  it(
    'gives errors of ours, and nothing is left',
    withCore(async (core) => {
      const process = await server(core);
      assert.equal(await codeOf(core.cloneProcess(process, 5 as unknown as string)), 'NP_WRONG_TYPE');
      core.options.networkCodingSystemAlist = [['(', 'latin-1']];
      assert.equal(await codeOf(server(core, { service: '0' })), 'NP_OPTION_VALUE');
      const path = { family: 'local', service: '/tmp/a\0b' };
      assert.equal(await codeOf(core.makeNetworkProcess({ name: 's', server: true, ...path })), 'NP_ADDRESS_MALFORMED');
      assert.deepEqual(core.processList(), [process]);
    }),
  );

  it(
    'is said: the host of a path, the service that nobody knows, an option for what has failed',
    withCore(async (core) => {
      const reports: string[] = [];
      core.onDidReportError(({ source, error }) => reports.push(`${source} ${(error as Error).message}`));
      const path = { family: 'local', service: '/nosuch/file' };
      assert.equal(await codeOf(core.makeNetworkProcess({ name: 'c', host: 'x', ...path })), 'NP_CONNECT_NO_FILE');
      assert.deepEqual(reports, ["lookup ':family local' ignores the ':host' property"]);
      const failed = await client(core, 'nosuchservice', { nowait: true });
      await until('it has failed', () => failed.status === 'failed');
      assert.equal(core.processExitStatus(failed), 'Service lookup of nosuchservice failed');
      const option = (): unknown => core.setNetworkProcessOption(failed, 'keepalive', true);
      assert.throws(option, { code: 'NP_NOT_RUNNING', message: 'Process is not running' });
      core.stopProcess(failed);
      assert.throws(option, { code: 'NP_NOT_RUNNING' });
    }),
  );
});

describe('datagrams', () => {
  it(
    'are encoded and decoded each by itself, whatever the one before switched to',
    withCore(async (core) => {
      for (const coding of ['iso-2022-jp-unix', 'utf-8-with-signature-unix', 'utf-16-unix']) {
        const { log, filter } = recorder();
        const receiver = await server(core, { name: coding, type: 'datagram', coding, filter });
        const sender = await client(core, core.processContact(receiver, 'service'), { type: 'datagram', coding });
        for (const text of ['日本', 'Hello', '日']) await core.processSendString(sender, text);
        await until('all', () => log.length === 3);
        assert.deepEqual(log, ['filter 日本', 'filter Hello', 'filter 日'], coding);
      }
    }),
  );

  it(
    'go out with the options that were set while their process was made',
    withCore(async (core) => {
      const process = await client(core, 9, { type: 'datagram', host: '127.255.255.255', nowait: true });
      assert.equal(process.status, 'connect');
      core.setNetworkProcessOption(process, 'broadcast', true);
      await core.processSendString(process, 'x');
      assert.equal(process.traffic.bytesSent, 1);
    }),
  );
});
