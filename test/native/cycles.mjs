// `node --expose-gc cycles.mjs ADDON COUNT`: opens and closes sockets of each kind so often, in each way there is to end
// them. Prints as JSON the descriptors that are left over and how many KB the process has grown in the second half.
import { setImmediate as turn } from 'node:timers/promises';
import { descriptors, kitOf, readable } from './kit.mjs';

const [file, count] = [process.argv[2], Number(process.argv[3])];
const kit = kitOf(file);
const { addon, constants: c } = kit;

/** One life; it ends by itself every eighth time. */
function live(kind, i) {
  const socket = kit.bound(kind);
  const isServer = kit.kinds[kind][1] !== c.SOCK_DGRAM;
  if (isServer) kit.must(socket.listen(1));
  if (i % 2) kit.must(socket.watch(readable, () => undefined));
  if (i % 4 === 1) kit.must(socket.watch(0));
  if (i % 8 === 0) return;
  if (i % 8 === 2) kit.must(addon.adopt(kit.must(socket.release()))).close();
  if (i % 8 === 4) kit.must(socket.duplicate()).close();
  socket.close();
}

async function collected() {
  for (let i = 0; i < 3; i++) {
    global.gc();
    await turn();
  }
}

const memory = () => process.memoryUsage().rss / 1024;

async function half() {
  for (const kind of Object.keys(kit.kinds)) {
    for (let i = 0; i < count / 2; i++) {
      live(kind, i);
      if (i % 250 === 0) await turn();
    }
    await collected();
  }
}

for (const kind of Object.keys(kit.kinds)) live(kind, 1);
await collected();
const before = descriptors();
await half();
const middle = memory();
await half();
const [left, grown] = [descriptors() - before, memory() - middle];
console.log(JSON.stringify({ descriptors: left, kilobytes: Math.round(grown) }));
