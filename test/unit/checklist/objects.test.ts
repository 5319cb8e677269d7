import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../core/support';
import { connect, deadPort, host, make, plainClient, portOf, row, serve, signalOf, udp, wrongType } from './row';

describe('checklist: process objects', () => {
  row('OBJ-01', 'a process is of type network, without number and terminal, and prints its name', async (core) => {
    const server = await serve(core);
    assert.deepEqual(
      [core.processType(server), core.processId(server), core.processTtyName(server), String(server)],
      ['network', null, null, '#<process s>'],
    );
  });

  row('OBJ-02', 'a taken name gets the lowest free number on the name asked for', async (core) => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push(await serve(core));
    const suffixed = await serve(core, { name: 's<1>' });
    core.deleteProcess(made[1]!);
    const again = await serve(core);
    assert.deepEqual(
      [...made, suffixed, again].map((p) => p.name),
      ['s', 's<1>', 's<2>', 's<1><1>', 's<1>'],
    );
  });

  row('OBJ-03', 'the contact keeps the name asked for', async (core) => {
    await serve(core);
    const second = await serve(core);
    assert.deepEqual([second.name, core.processContact(second, 'name')], ['s<1>', 's']);
  });

  row('OBJ-04', 'the list is newest first, with failed and without closed processes', async (core) => {
    const names = (): string[] => core.processList().map((p) => p.name);
    const server = await serve(core);
    const client = await connect(core, server, { filter: () => undefined });
    const failed = await connect(core, await deadPort(), { name: 'f', nowait: true });
    await until('it has failed', () => failed.status === 'failed');
    const withFailed = names().filter((name) => !name.startsWith('s <'));
    core.deleteProcess(client);
    await until('the server sees that', () => names().length === 2);
    assert.deepEqual(
      [withFailed, names()],
      [
        ['f', 'c', 's'],
        ['f', 's'],
      ],
    );
  });

  row('OBJ-05', 'getProcess takes an exact name or a process and nothing else', async (core) => {
    const server = await serve(core);
    assert.deepEqual([core.getProcess('s'), core.getProcess('S'), core.getProcess(server)], [server, null, server]);
    assert.deepEqual(await signalOf(() => core.getProcess(3 as never)), wrongType('stringp', 3));
  });

  row('OBJ-06', 'getBufferProcess gives the newest registered process of a buffer', async (core) => {
    const first = await serve(core, { name: 'a', buffer: 'B' });
    const second = await serve(core, { name: 'b', buffer: 'B' });
    core.getBufferCreate('empty');
    const found = [core.getBufferProcess('B'), core.getBufferProcess(first.buffer)];
    core.deleteProcess(second);
    found.push(core.getBufferProcess('B'), core.getBufferProcess('empty'), core.getBufferProcess(null));
    assert.deepEqual(
      found.map((p) => p?.name ?? null),
      ['b', 'b', 'a', null, null],
    );
  });

  row(
    'OBJ-07',
    'a process goes by itself, its name, its buffer and its name, and errors tell what is missing',
    async (core) => {
      const server = await serve(core);
      const heard: unknown[] = [];
      core.setProcessFilter(server, (_, text) => void heard.push(text));
      const client = await connect(core, server, { buffer: 'B' });
      const buffer = client.buffer!;
      for (const by of [client, 'c', buffer, 'B']) {
        assert.equal(core.processType(by), 'network');
        await core.processSendString(by, 'x');
        await core.processSendRegion(by, buffer, 1, 1);
      }
      assert.deepEqual(
        [core.processStatus(client), core.processStatus('c'), core.processStatus(buffer)],
        ['open', 'open', 'open'],
      );
      await until('all came', () => heard.join('') === 'xxxx');
      core.getBufferCreate('bare');
      assert.deepEqual(
        [
          await signalOf(() => core.deleteProcess('nobody')),
          await signalOf(() => core.processSendString('bare', 'x')),
          await signalOf(() => core.processSendEof('nobody')),
          await signalOf(() => core.processType('bare')),
        ],
        [
          ['error', 'Process nobody does not exist'],
          ['error', 'Buffer bare has no process'],
          ['error', 'Process nobody does not exist'],
          ['error', 'Buffer bare has no process'],
        ],
      );
      await core.processSendEof('B');
      core.deleteProcess('B');
      assert.equal(client.status, 'closed');
    },
  );

  row('OBJ-08', 'an unknown name has no status and is no error', async (core) => {
    await serve(core, { buffer: 'B' });
    assert.deepEqual(
      [core.processStatus('s'), core.processStatus('B'), core.processStatus('nobody')],
      ['listen', null, null],
    );
  });

  row('OBJ-09', 'plists are copied one level deep at creation and at accepting', async (core) => {
    const list = { a: 1, shared: ['x'] };
    const server = await serve(core, { plist: list });
    core.processPut(server, 'b', 2);
    const socket = plainClient(portOf(core, server));
    await until('it is accepted', () => core.processList().length === 2);
    const accepted = core.processList()[0]!;
    core.processPut(accepted, 'c', 3);
    assert.deepEqual(
      [Object.keys(list), [...core.processPlist(server).keys()], [...core.processPlist(accepted).keys()]],
      [
        ['a', 'shared'],
        ['a', 'shared', 'b'],
        ['a', 'shared', 'b', 'c'],
      ],
    );
    assert.equal(core.processGet(accepted, 'shared'), list.shared);
    socket.destroy();
  });

  row('OBJ-10', 'properties are set, replaced and read, and a plist must be a list', async (core) => {
    const server = await serve(core, { plist: { a: 1 } });
    core.processPut(server, 'a', 2);
    core.processPut(server, 'b', 3);
    assert.deepEqual(
      [core.processGet(server, 'a'), core.processGet(server, 'b'), core.processGet(server, 'c')],
      [2, 3, null],
    );
    core.setProcessPlist(server, { c: 4 });
    assert.deepEqual([...core.processPlist(server)], [['c', 4]]);
    assert.deepEqual(await signalOf(() => core.setProcessPlist(server, 5 as never)), wrongType('listp', 5));
  });

  row('OBJ-11', 'setters write into the contact', async (core) => {
    const server = await serve(core);
    const buffer = core.getBufferCreate('B');
    const [filter, sentinel] = [() => undefined, () => undefined];
    core.setProcessBuffer(server, buffer);
    core.setProcessFilter(server, filter);
    core.setProcessSentinel(server, sentinel);
    core.setNetworkProcessOption(server, 'keepalive', true);
    assert.deepEqual(
      ['buffer', 'filter', 'sentinel', 'keepalive'].map((key) => core.processContact(server, key)),
      [buffer, filter, sentinel, true],
    );
  });

  row('OBJ-12', 'nil installs the default functions, and getters never give nil', async (core) => {
    const server = await serve(core, { filter: () => undefined, sentinel: () => undefined });
    const defaults = [core.internalDefaultProcessFilter, core.internalDefaultProcessSentinel];
    assert.deepEqual([core.setProcessFilter(server, null), core.setProcessSentinel(server, null)], defaults);
    assert.deepEqual([core.processFilter(server), core.processSentinel(server)], defaults);
    assert.deepEqual([core.processContact(server, 'filter'), core.processContact(server, 'sentinel')], defaults);
    const bare = await serve(core);
    assert.deepEqual([core.processFilter(bare), core.processSentinel(bare)], defaults);
  });

  row('OBJ-13', 'setProcessBuffer takes a buffer, and the mark moves to its end', async (core) => {
    const server = await serve(core, { buffer: 'A' });
    const buffer = core.getBufferCreate('B');
    buffer.insert('12345');
    core.setProcessBuffer(server, buffer);
    const { buffer: home, position } = core.processMark(server);
    assert.deepEqual([home, position, core.processBuffer(server)], [buffer, 6, buffer]);
    assert.deepEqual(await signalOf(() => core.setProcessBuffer(server, 'A' as never)), wrongType('bufferp', 'A'));
  });

  row('OBJ-14', 'what the feature test promises, makeNetworkProcess does, and nothing else', async (core) => {
    const works = async (spec: Record<string, unknown>): Promise<boolean> =>
      make(core, { server: true, service: true, ...spec, ...(spec.type === 'seqpacket' && atPath()) }).then(
        () => true,
        () => false,
      );
    // Packets are local.
    const atPath = (): object => ({ family: 'local', service: join(tmpdir(), `np-feature-${process.pid}`) });
    const keys: (readonly [string, unknown])[] = [
      ['type', 'datagram'],
      ['type', 'seqpacket'],
      ['type', 'nosuch'],
      ['family', 'ipv4'],
      ['family', 'ipv6'],
      ['family', 'nosuch'],
      ['server', true],
      ['service', true],
    ];
    for (const key of keys) assert.equal(core.featurep(key), await works({ [key[0]]: key[1] }), String(key));
    const options = ['bindtodevice', 'broadcast', 'dontroute', 'keepalive', 'linger', 'oobinline', 'reuseaddr'];
    for (const option of options) {
      const type = option === 'broadcast' ? 'datagram' : null;
      const value = option === 'bindtodevice' ? 'lo' : true;
      assert.equal(core.featurep(option), await works({ type, [option]: value }), option);
    }
    assert.equal(core.featurep(['family', 'local']), true);
    assert.equal(core.featurep('nosuch'), false);
    const client = await udp(core, { service: 9, nowait: true, host });
    assert.deepEqual([core.featurep(['nowait', true]), client.status], [true, 'connect']);
  });
});
