// `node --expose-gc forgotten.mjs ADDON`: sockets that nobody holds are closed, unless they are watched. Prints "ok".
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { batchOf, descriptors, kitOf, readable } from './kit.mjs';

const kit = kitOf(process.argv[2]);

async function collect() {
  for (let i = 0; i < 4; i++) {
    global.gc();
    await turn();
  }
}

const before = descriptors();
(() => {
  for (let i = 0; i < 100; i++) kit.bound('udp4');
  // Its poll is kept for the next time, and must go with it.
  for (let i = 0; i < 100; i++) {
    const socket = kit.bound('udp4');
    kit.must(socket.watch(readable, () => undefined));
    kit.must(socket.watch(0));
  }
})();
assert.ok(descriptors() - before >= 200);
await collect();
assert.ok(descriptors() - before <= 5, `${before} descriptors, then ${descriptors()}`);

let heard = 0;
const names = (() => {
  const sockets = Array.from({ length: 20 }, () => kit.bound('udp4'));
  for (const socket of sockets) {
    kit.must(
      socket.watch(readable, function () {
        heard += kit.must(this.receive(batchOf()));
        this.close();
      }),
    );
  }
  return sockets.map((socket) => kit.must(socket.name()));
})();
await collect();
const sender = kit.open('udp4');
for (const name of names) kit.must(sender.send(Buffer.from('x'), name));
while (heard < names.length) await turn();
sender.close();
await collect();
assert.ok(descriptors() - before <= 5, `${before} descriptors, then ${descriptors()}`);
console.log('ok');
