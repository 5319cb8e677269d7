// `node exercise.mjs ADDON`: what native sockets must do wherever they run. Prints "ok".
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { batchOf, kitOf, messagesOf, readable } from './kit.mjs';

const kit = kitOf(process.argv[2]);
const { addon, constants: c, kinds, must } = kit;

/** A message comes back from the other side, by way of the event loop; 50 times. */
async function echo(kind) {
  const [a, b] = await kit.pair(kind);
  const batch = batchOf(8, 1024);
  must(
    b.watch(readable, () => {
      const messages = messagesOf(batch, must(b.receive(batch)));
      if (kinds[kind][1] === c.SOCK_STREAM) for (const message of messages) must(b.send(message, null));
      else assert.equal(must(b.sendMany(messages, 0, null)), messages.length);
    }),
  );
  for (let i = 0; i < 50; i++) {
    must(a.send(Buffer.from(`${kind} ${i}`), null));
    assert.equal(await kit.ready(a, readable), readable);
    assert.deepEqual(messagesOf(batch, must(a.receive(batch))).map(String), [`${kind} ${i}`]);
    assert.equal(a.receive(batch), -c.EAGAIN);
  }
  a.close();
  b.close();
}

/** A message that is larger than the slab comes in full. */
async function long(kind) {
  const [a, b] = await kit.pair(kind);
  const batch = batchOf(8, 1000);
  const large = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));
  assert.equal(must(a.sendMany([Buffer.from('first'), large], 0, null)), 2);
  assert.equal(b.receive(batch), 2);
  assert.deepEqual([batch.lengths[0], batch.sizes[0], batch.lengths[1], batch.sizes[1]], [5, 5, 0, 5000]);
  assert.deepEqual(messagesOf(batch, 2), [Buffer.from('first'), large]);
  a.close();
  b.close();
}

function addresses() {
  const parts = (address) => {
    const { bytes, ...others } = addon.readAddress(address);
    return { ...others, bytes: [...bytes] };
  };
  const [four, sixteen] = [
    [1, 2, 3, 4],
    [...Array(15).keys(), 255],
  ];
  assert.deepEqual(parts(addon.address4(Uint8Array.from(four), 65535)), {
    family: c.AF_INET,
    bytes: four,
    port: 65535,
    zone: '',
  });
  assert.deepEqual(parts(addon.address6(Uint8Array.from(sixteen), 1, '')), {
    family: c.AF_INET6,
    bytes: sixteen,
    port: 1,
    zone: '',
  });
  const path = { family: c.AF_UNIX, bytes: [...Buffer.from('/a/b')], port: 0, zone: '' };
  assert.deepEqual(parts(addon.addressLocal(Buffer.from('/a/b'))), path);
}

/** What a listener throws is uncaught; what it put off is done; and it is called again. */
async function throwing() {
  const socket = kit.bound('udp4');
  const log = [];
  const hear = (error) => log.push(error.message);
  process.on('uncaughtException', hear);
  must(
    socket.watch(readable, () => {
      process.nextTick(() => log.push('tick'));
      void Promise.resolve().then(() => log.push('promise'));
      must(socket.receive(batchOf()));
      throw new Error('thrown');
    }),
  );
  for (let i = 0; i < 2; i++) {
    must(socket.send(Buffer.from('x'), must(socket.name())));
    while (log.length < 3 * (i + 1)) await turn();
  }
  socket.close();
  process.off('uncaughtException', hear);
  assert.deepEqual(log, ['thrown', 'tick', 'promise', 'thrown', 'tick', 'promise']);
}

for (const kind of Object.keys(kinds)) await echo(kind);
for (const kind of ['datagram', 'seqpacket', 'udp4']) if (kinds[kind]) await long(kind);
addresses();
await throwing();
console.log('ok');
