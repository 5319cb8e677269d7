import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { plainServer, recorder, until } from '../core/support';
import { connect, deadPort, make, portOf, row, serve, signalOf, udp } from './row';

/** The rows of the process list, each cell at its column. */
function table(text: string): string[][] {
  const widths = [15, 7, 7, 25, 12, 12];
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      let at = 0;
      const cells = widths.map((width) => line.slice(at, (at += width + 1)).trim());
      return [...cells, line.slice(at)];
    });
}

describe('checklist: surrounding operations', () => {
  row('OPS-01', 'processes with the flag that are open, listening or stopped ask before the end', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server);
    const stopped = await connect(core, server, { stop: true });
    const quiet = await connect(core, server, { noquery: true });
    const failed = await connect(core, await deadPort(), { name: 'f', nowait: true });
    await until('it has failed', () => failed.status === 'failed');
    const connecting = await connect(core, server, { nowait: true });
    const asks = [server, client, stopped, quiet, failed, connecting].map((p) => core.processAsksOnExit(p));
    core.setProcessQueryOnExitFlag(client, null);
    core.deleteProcess(stopped);
    asks.push(core.processAsksOnExit(client), core.processAsksOnExit(stopped));
    assert.deepEqual(asks, [true, true, true, false, false, false, false, false]);
  });

  row('OPS-02', 'the newest process of a buffer decides whether to ask before it is killed', async (core) => {
    const asks = (): boolean => core.processAsksOnExit(core.getBufferProcess('B')!);
    await serve(core, { buffer: 'B' });
    const answers = [asks()];
    const quiet = await serve(core, { buffer: 'B', noquery: true });
    answers.push(asks());
    core.deleteProcess(quiet);
    answers.push(asks());
    assert.deepEqual(answers, [true, false, true]);
  });

  row('OPS-03', 'the list has the columns, a row for each by name, and no closed process', async (core) => {
    const server = await serve(core, { name: 'b', buffer: 'B' });
    const client = await connect(core, server, { name: 'a', noquery: true });
    const closed = await connect(core, server, { name: 'gone' });
    core.deleteProcess(closed);
    await until('the server sees that', () => server.clients.count === 1);
    core.stopProcess(client);
    const [titles, ...rows] = table(core.listProcesses());
    assert.deepEqual(titles, ['Process', 'PID', 'Status', 'Buffer', 'TTY', 'Thread', 'Command']);
    assert.deepEqual(
      rows.map((cells) => cells.slice(0, 6)).filter(([name]) => !name!.startsWith('b <')),
      [
        ['a', '--', 'stop', '--', '--', 'Main'],
        ['b', '--', 'listen', 'B', '--', 'Main'],
      ],
    );
    const asking = table(core.listProcesses(true)).map(([name]) => name);
    assert.deepEqual([asking.includes('a'), asking.includes('b')], [false, true]);
  });

  row('OPS-04', 'the list says what and where a process is', async (core) => {
    const server = await serve(core, { name: '1' });
    const port = portOf(core, server);
    await connect(core, server, { name: '2' });
    const byAddress = await make(core, { name: '3', server: true, local: [127, 0, 0, 1, 0] });
    const datagram = await udp(core, { name: '4', server: true, service: true });
    await udp(core, { name: '5', service: 9 });
    const words = table(core.listProcesses())
      .filter(([name]) => /^\d$/.test(name!))
      .map((cells) => cells.at(-1));
    assert.deepEqual(words, [
      `(network server on 127.0.0.1:${port})`,
      `(network connection to 127.0.0.1:${port})`,
      `(network server on [127 0 0 1 ${portOf(core, byAddress)}])`,
      `(datagram server on 127.0.0.1:${portOf(core, datagram)})`,
      '(datagram connection to 127.0.0.1:9)',
    ]);
  });

  row('OPS-05', 'acceptProcessOutput is true only when output of the process was read', async (core) => {
    const { log, filter } = recorder();
    const peer = await plainServer((socket) => socket.on('data', (data) => socket.end(data)));
    const other = await plainServer((socket) => void setInterval(() => socket.write('noise'), 5).unref());
    await connect(core, other.port);
    const client = await connect(core, peer.port, { filter });
    const silent = await core.acceptProcessOutput(client, 0.05);
    await core.processSendString(client, 'text');
    const spoke = await core.acceptProcessOutput(client, 5);
    assert.deepEqual([silent, spoke, log], [false, true, ['filter text']]);
    const begun = Date.now();
    const ended = await core.acceptProcessOutput(client, 5);
    assert.deepEqual([ended, client.status, await core.acceptProcessOutput(client)], [false, 'closed', false]);
    assert.ok(Date.now() - begun < 4_000);
    for (const server of [peer, other]) server.close();
  });

  row('OPS-06', 'with just this one no other process is read meanwhile', async (core) => {
    const [mine, others] = [recorder(), recorder()];
    const silent = await plainServer(() => undefined);
    const noisy = await plainServer((socket) => void setTimeout(() => socket.write('noise'), 10));
    const client = await connect(core, silent.port, { filter: mine.filter });
    await connect(core, noisy.port, { filter: others.filter });
    assert.equal(await core.acceptProcessOutput(client, 0.1, null, true), false);
    assert.deepEqual(others.log, []);
    await until('the other is read afterwards', () => others.log.length === 1);
    silent.sockets[0]!.write('text');
    assert.equal(await core.acceptProcessOutput(client, 5, null, 1), true);
    assert.deepEqual(mine.log, ['filter text']);
    for (const server of [silent, noisy]) server.close();
  });

  row('OPS-07', 'an address is written in its form, with its port or without, and null for none', (core) => {
    const cases: [unknown, string | null, string | null][] = [
      [[127, 0, 0, 1, 80], '127.0.0.1:80', '127.0.0.1'],
      [[127, 0, 0, 1], '127.0.0.1', '127.0.0.1'],
      [[0xfe80, 0, 0, 0, 0, 0, 0, 0xab, 80], '[fe80:0:0:0:0:0:0:ab]:80', 'fe80:0:0:0:0:0:0:ab'],
      [[0xfe80, 0, 0, 0, 0, 0, 0, 1], 'fe80:0:0:0:0:0:0:1', 'fe80:0:0:0:0:0:0:1'],
      ['/path', '/path', '/path'],
      [{ family: 17, bytes: [1, 2] }, '<Family 17>', '<Family 17>'],
      [null, null, null],
      [[127, 0, 0], null, null],
      [[127, 0, 0, 256, 80], null, null],
      [[127, 0, 0, 1, 65536], null, null],
      [['a', 0, 0, 1, 80], null, null],
    ];
    for (const [address, whole, host] of cases) {
      const forms = [core.formatNetworkAddress(address as never), core.formatNetworkAddress(address as never, true)];
      assert.deepEqual(forms, [whole, host], String(address));
    }
  });

  row('OPS-08', 'a name is looked up to addresses with port 0, of one family if wanted', async (core) => {
    const found = await core.networkLookupAddressInfo('localhost');
    assert.ok(found?.some((address) => String(address) === '127,0,0,1,0'));
    assert.deepEqual(
      [
        await core.networkLookupAddressInfo('localhost', 'ipv4'),
        await core.networkLookupAddressInfo('127.0.0.9'),
        await core.networkLookupAddressInfo('::1', 'ipv6'),
        await core.networkLookupAddressInfo('127.0.0.1', 'ipv6'),
        await core.networkLookupAddressInfo('no such host'),
      ],
      [[[127, 0, 0, 1, 0]], [[127, 0, 0, 9, 0]], [[0, 0, 0, 0, 0, 0, 0, 1, 0]], null, null],
    );
    assert.deepEqual(await signalOf(() => core.networkLookupAddressInfo('localhost', 'nosuch')), [
      'error',
      'Unsupported lookup type',
    ]);
  });

  row('OPS-09', 'interfaces have addresses, broadcast and mask, hardware address and flags', async (core) => {
    const own = core.networkInterfaceList(true, 'ipv4').find(([name]) => name === 'lo');
    assert.deepEqual(own, ['lo', [127, 0, 0, 1, 0], [127, 255, 255, 255, 0], [255, 0, 0, 0, 0]]);
    const names = core.networkInterfaceList(false, 'ipv4').map(([name]) => name);
    assert.deepEqual(
      [...new Set(names)].sort(),
      Object.entries(networkInterfaces())
        .filter(([, list]) => list!.some(({ family }) => family === 'IPv4'))
        .map(([name]) => name)
        .sort(),
    );
    const bare = core.networkInterfaceList();
    assert.ok(bare.every((entry) => entry.length === 2 && (entry[1] as number[]).at(-1) === 0));
    assert.deepEqual(await signalOf(() => core.networkInterfaceList(false, 'nosuch')), [
      'error',
      'Unsupported address family',
    ]);
    const [address, broadcast, mask, hardware, flags] = core.networkInterfaceInfo('lo')!;
    assert.deepEqual(
      [address, broadcast, mask],
      [
        [127, 0, 0, 1, 0],
        [0, 0, 0, 0, 0],
        [255, 0, 0, 0, 0],
      ],
    );
    assert.deepEqual(hardware?.bytes, [0, 0, 0, 0, 0, 0]);
    assert.ok(flags.includes('loopback') && flags.includes('up'));
    assert.equal(core.networkInterfaceInfo('nosuch'), null);
  });

  row('OPS-10', 'a clone connects again to the address of an open client', async (core) => {
    const peer = await plainServer(() => undefined);
    const client = await connect(core, peer.port, { name: 'c<2>', foo: 'bar' });
    const [clone, named] = [await core.cloneProcess(client), await core.cloneProcess(client, 'other')];
    await until('all are accepted', () => peer.sockets.length === 3);
    assert.deepEqual([clone?.name, named?.name, clone?.status], ['c', 'other', 'open']);
    assert.deepEqual(
      [clone, named].map((p) => [core.processContact(p!, 'remote'), core.processContact(p!, 'foo')]),
      [
        [[127, 0, 0, 1, peer.port], 'bar'],
        [[127, 0, 0, 1, peer.port], 'bar'],
      ],
    );
    assert.notDeepEqual(core.processContact(clone!, 'local'), core.processContact(client, 'local'));
    core.deleteProcess(client);
    assert.equal(await core.cloneProcess(client), null);
    peer.close();
  });

  row('OPS-11', 'a network process has no window', async (core) => {
    assert.equal(core.setProcessWindowSize(await serve(core), 24, 80), null);
  });
});
