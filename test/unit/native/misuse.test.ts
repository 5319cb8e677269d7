import assert from 'node:assert/strict';
import type { Addon, Batch, NativeSocket } from '../../../src/core/native/addon';
import { batchOf, readable, writable, type Kit } from '../../native/kit.mjs';
import { ownFile, ownKit, runScript } from './support';

type Call = (...args: unknown[]) => unknown;

/** A socket or the addon as a script sees it that keeps to no types. */
const loose = (object: NativeSocket | Addon): Record<string, Call> => object as unknown as Record<string, Call>;

describe('native sockets, misused', () => {
  let kit: Kit;
  let c: Readonly<Record<string, number>>;
  const opened: NativeSocket[] = [];

  before(function () {
    kit = ownKit(this);
    c = kit.constants;
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.close()));

  function open(): NativeSocket {
    const socket = kit.bound('udp4');
    opened.push(socket);
    return socket;
  }

  async function pair(): Promise<[NativeSocket, NativeSocket]> {
    const both = await kit.pair('datagram');
    opened.push(...both);
    return both;
  }

  function detach(array: Uint8Array | Int32Array): void {
    structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  }

  function detached<T extends Uint8Array | Int32Array>(array: T): T {
    detach(array);
    return array;
  }

  const one = new Uint8Array(1);
  const large = new Uint8Array(129);

  it('refuse arguments of wrong types, sizes and ranges', () => {
    const socket = loose(open());
    const addon = loose(kit.addon);
    const wrong: readonly (readonly [Record<string, Call>, string, ...unknown[]])[] = [
      ...[undefined, null, '1', 1.5, NaN, -1, 2 ** 31, 1n, {}].flatMap((number) => [
        [addon, 'socket', number, 1, 0] as const,
        [addon, 'socket', 1, number, 0] as const,
        [addon, 'adopt', number] as const,
        [addon, 'duplicateOf', number] as const,
        [addon, 'address4', new Uint8Array(4), number] as const,
        [addon, 'address6', new Uint8Array(16), number, ''] as const,
        [addon, 'addressRaw', number, one] as const,
        [socket, 'shutdown', number] as const,
        [socket, 'watch', number, () => undefined] as const,
        [socket, 'sendMany', [one], number, null] as const,
      ]),
      ...[
        undefined,
        null,
        'text',
        [1],
        new Uint16Array(8),
        new DataView(new ArrayBuffer(8)),
        detached(one.slice()),
      ].flatMap((bytes) => [
        [addon, 'address4', bytes, 1] as const,
        [addon, 'addressLocal', bytes] as const,
        [addon, 'addressRaw', 1, bytes] as const,
        [addon, 'readAddress', bytes] as const,
        [socket, 'bind', bytes] as const,
        [socket, 'connect', bytes] as const,
        [socket, 'setOption', 1, 1, bytes] as const,
        [socket, 'getOption', 1, 1, bytes] as const,
        [socket, 'send', bytes, null] as const,
        [socket, 'sendMany', [bytes], 0, null] as const,
        ...(bytes == null ? [] : [[socket, 'send', one, bytes] as const]),
      ]),
      [addon, 'address4', new Uint8Array(5), 1],
      [addon, 'address4', new Uint8Array(4), 65536],
      [addon, 'address6', new Uint8Array(4), 1, ''],
      [addon, 'address6', new Uint8Array(16), 1, 1],
      [addon, 'addressLocal', new Uint8Array(108)],
      [addon, 'addressLocal', Buffer.from('a\0b')],
      [addon, 'addressRaw', 65536, one],
      [addon, 'addressRaw', 1, new Uint8Array(127)],
      [addon, 'readAddress', large],
      [socket, 'bind', large],
      [socket, 'bind', new Uint8Array(0)],
      [socket, 'send', one, large],
      [socket, 'shutdown', 3],
      [socket, 'watch', 4, () => undefined],
      [socket, 'watch', 1],
      [socket, 'watch', 1, {}],
      [socket, 'sendMany', 'text', 0, null],
      [socket, 'sendMany', [one], 2, null],
    ];
    for (const [i, [object, name, ...args]] of wrong.entries()) {
      assert.throws(() => object[name]!(...args), TypeError, `${name}, number ${i}`);
    }
  });

  it('refuse batches that are none or too small', () => {
    const socket = loose(open());
    const good = batchOf(4, 100, true);
    const wrong: unknown[] = [
      undefined,
      null,
      1,
      {},
      { ...good, lengths: new Int32Array(0) },
      { ...good, lengths: new Uint32Array(4) },
      { ...good, lengths: detached(new Int32Array(4)) },
      { ...good, sizes: new Int32Array(3) },
      { ...good, slab: new Uint8Array(0) },
      { ...good, slab: detached(new Uint8Array(4)) },
      { ...good, from: new Uint8Array(511) },
      { ...good, fromLengths: new Int32Array(3) },
      { ...good, fromLengths: null },
    ];
    for (const [i, batch] of wrong.entries()) {
      assert.throws(() => socket.receive!(batch), TypeError, `batch ${i}`);
    }
    assert.equal(socket.receive!(good), -c.EAGAIN!);
    assert.equal(socket.receive!({ ...good, from: undefined, fromLengths: undefined }), -c.EAGAIN!);
  });

  it('refuse to be something else', () => {
    const socket = open();
    const NativeSocket = socket.constructor as new () => object;
    assert.throws(() => new NativeSocket(), TypeError);
    assert.throws(() => new (class extends NativeSocket {})(), TypeError);
    const names = Object.getOwnPropertyNames(NativeSocket.prototype).filter((n) => n !== 'constructor' && n !== 'fd');
    assert.ok(names.length >= 17);
    for (const name of names) {
      for (const wrong of [undefined, {}, kit.addon, Object.create(socket), new Proxy(socket, {}), 1]) {
        const method = Reflect.get(socket, name) as Call;
        assert.throws(() => Reflect.apply(method, wrong, []), TypeError, name);
      }
    }
    assert.throws(() => (Object.create(socket) as NativeSocket).fd, TypeError);
    assert.throws(() => Object.assign(kit.constants, { AF_INET: 1 }), TypeError);
  });

  it('answer EBADF when they are closed or released', () => {
    const address = kit.addon.address4(Uint8Array.of(127, 0, 0, 1), 0);
    for (const end of ['close', 'release'] as const) {
      const socket = kit.open('udp4');
      kit.must(socket.watch(readable, () => undefined));
      const result = socket[end]();
      if (typeof result === 'number') opened.push(kit.must<NativeSocket>(kit.addon.adopt(result)));
      assert.equal(socket.fd, -1);
      const results = [
        socket.bind(address),
        socket.connect(address),
        socket.listen(1),
        socket.accept(),
        socket.duplicate(),
        socket.shutdown(2),
        socket.setOption(c.SOL_SOCKET!, c.SO_BROADCAST!, new Uint8Array(4)),
        socket.getOption(c.SOL_SOCKET!, c.SO_BROADCAST!, new Uint8Array(4)),
        socket.name(),
        socket.peerName(),
        socket.send(one, null),
        socket.send(one, address),
        socket.sendMany([one], 0, null),
        socket.receive(batchOf()),
        socket.peek(one),
        socket.watch(readable, () => undefined),
        socket.watch(0, () => undefined),
        socket.release(),
      ];
      assert.deepEqual(
        results,
        results.map(() => -c.EBADF!),
      );
      assert.equal(socket.peerEnded(), false);
      socket.close();
      socket.close();
    }
  });

  it('bear with scripts that run while a batch is read', async () => {
    const trap = (batch: Batch, key: keyof Batch, act: () => void): Batch => {
      const value = batch[key];
      return Object.defineProperty(batch, key, { get: () => (act(), value) });
    };
    const [a, b] = await pair();
    const lost = batchOf(4, 100, true);
    assert.throws(() => b.receive(trap(lost, 'fromLengths', () => detach(lost.slab))), TypeError);
    const oops = (): never => {
      throw new RangeError('ours');
    };
    assert.throws(() => b.receive(trap(batchOf(), 'sizes', oops)), RangeError);
    kit.must(a.send(new Uint8Array(50), null));
    assert.equal(b.receive(Object.freeze(batchOf(1, 10))), 1);
    assert.equal(b.receive(trap(batchOf(), 'slab', () => b.close())), -c.EBADF!);
  });

  it('bear with scripts that run while messages are read', async () => {
    const trap = (messages: Uint8Array[], act: () => unknown): Uint8Array[] =>
      Object.defineProperty(messages, messages.length - 1, { get: () => act() });
    const [a, b] = await pair();
    const first = Buffer.from(Uint8Array.of(1, 2, 3));
    const two = [first, first];
    const shorten = (): Uint8Array => ((two.length = 1), first);
    assert.equal(a.sendMany(trap(two, shorten), 0, null), 2);
    const inner = Uint8Array.of(1, 2, 3);
    assert.throws(
      () =>
        a.sendMany(
          trap([inner, inner], () => (detach(inner), first)),
          0,
          null,
        ),
      TypeError,
    );
    const closing = (): Uint8Array => (a.close(), first);
    assert.equal(a.sendMany(trap([first, first], closing), 0, null), -c.EBADF!);
    b.close();
  });

  it('bear with listeners that change everything', async () => {
    const [a, b] = await pair();
    let calls = 0;
    const second = new Promise<void>((resolve) => {
      kit.must(
        a.watch(writable, () => {
          calls += 1;
          kit.must(a.watch(0, () => undefined));
          kit.must(a.watch(readable | writable, () => (a.close(), resolve())));
          for (let i = 0; i < 20; i++)
            kit.must(a.watch(1 + (i % 3), () => assert.fail('a listener that was replaced')));
          kit.must(a.watch(writable, () => (a.close(), b.close(), resolve())));
        }),
      );
    });
    await second;
    assert.equal(calls, 1);
  });

  it('end with their threads', async () => {
    assert.equal(await runScript('threads', [ownFile]), 'ok');
  }).timeout(60_000);

  it('bear with 100,000 calls made by chance', async () => {
    const output = await runScript('fuzz', [ownFile, '100000']);
    console.log(`        ${output.replace('\n', ', ')}`);
  }).timeout(60_000);
});
