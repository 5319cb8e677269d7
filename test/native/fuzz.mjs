// `node fuzz.mjs ADDON CALLS [SEED]`: calls native sockets wrongly, in every way that chance finds. Each call must give a
// result or throw a TypeError. Prints "seed …", and "ok" with counts at its end.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { batchOf, kitOf } from './kit.mjs';

const [file, calls, seed = String(Math.floor(Math.random() * 2 ** 32))] = process.argv.slice(2);
console.log(`seed ${seed}`);
const kit = kitOf(file);
const { addon, constants: c } = kit;

let state = Number(seed) >>> 0;
/** A number below `limit`, of a small generator that a seed starts. */
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
const one = (list) => list[below(list.length)];
const chance = (oneIn) => below(oneIn) === 0;

class Ours extends Error {}
const counts = { results: 0, typeErrors: 0, ours: 0, listened: 0, uncaught: 0 };

const sockets = [];

/** Something disturbing, done where scripts run in the middle of a call. */
function disturb() {
  const socket = one(sockets);
  one([
    () => socket.close(),
    () => socket.release(),
    () => socket.watch(one([0, 1, 2, 3]), listener),
    () => socket.receive(batchOf(2, 10)),
    () => {
      throw new Ours('thrown on purpose');
    },
    () => undefined,
  ])();
}

function listener() {
  counts.listened += 1;
  if (chance(2)) disturb();
  else this.watch(0);
}

function detached(Type = Uint8Array) {
  const array = new Type(16);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** A view whose memory has shrunk below it. */
function outside() {
  const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
  const array = new Uint8Array(buffer, 32, 32);
  buffer.resize(16);
  return array;
}

const filled = (length, byte) => new Uint8Array(length).fill(byte);

const bytes = () =>
  one([
    ...[0, 1, 2, 3, 4, 8, 16, 17, 28, 107, 108, 109, 110, 126, 127, 128, 129, 5000].map((n) => () => filled(n, 0)),
    () => filled(below(200), 255),
    () => new Uint8Array(new SharedArrayBuffer(below(200))),
    () => Buffer.from('text'),
    () => filled(300_000, 1),
    detached,
    outside,
  ])();

const integer = () => one([-1, 0, 1, 2, 3, 4, 5, 6, 10, 64, 107, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31)]);

const address = () =>
  one([
    () => addon.address4(Uint8Array.of(127, 0, 0, one([0, 1, 2])), one([0, 1, 9])),
    () => addon.address6(filled(16, 0), one([0, 1]), one(['', 'lo', '1'])),
    () => kit.unusedLocal(),
    () => addon.addressRaw(one([0, c.AF_UNIX, 99, 65535]), filled(below(60), 0)),
    () => one(sockets).name(),
    bytes,
  ])();

/** A property that runs a script when it is read. */
function trapped(object, key, value) {
  Object.defineProperty(object, key, { get: () => (disturb(), value), configurable: true, enumerable: true });
  return object;
}

const batch = () =>
  one([
    () => batchOf(1 + below(70), 1 + below(3000), chance(2)),
    () => ({ ...batchOf(below(3), below(3)), [one(['lengths', 'sizes', 'slab', 'from', 'fromLengths'])]: anything() }),
    () => ({ ...batchOf(2, 100, true), lengths: detached(Int32Array) }),
    () => ({ ...batchOf(8, 100, true), [one(['sizes', 'fromLengths'])]: new Int32Array(7) }),
    () => {
      const lost = batchOf(8, 100, true);
      const take = () => (structuredClone(lost.slab.buffer, { transfer: [lost.slab.buffer] }), lost.sizes);
      return Object.defineProperty({ ...lost }, 'sizes', { get: take });
    },
    () => trapped(batchOf(8, 100, true), one(['lengths', 'sizes', 'slab', 'from', 'fromLengths']), filled(9, 0)),
    () => trapped(batchOf(8, 100), 'from', null),
    () => Object.freeze(batchOf(8, 10)),
    () => new Proxy(batchOf(8, 10), {}),
  ])();

function messages() {
  const list = Array.from({ length: one([0, 1, 2, 63, 64, 65, 200]) }, () => Buffer.alloc(below(50)));
  if (list.length && chance(2)) list[below(list.length)] = one([bytes, anything])();
  if (list.length && chance(4)) trapped(list, below(list.length), Buffer.from('x'));
  return list;
}

function anything() {
  return one([
    () => undefined,
    () => null,
    () => NaN,
    () => -0,
    () => 1.5,
    () => Infinity,
    () => 10n,
    () => '1',
    () => Symbol('s'),
    () => ({}),
    () => [],
    () => listener,
    () => new Uint16Array(8),
    () => new Int32Array(8),
    () => new Float64Array(8),
    () => new DataView(new ArrayBuffer(8)),
    () => new ArrayBuffer(8),
    () => new Proxy([], {}),
    () => one(sockets),
    integer,
    bytes,
    address,
    batch,
    messages,
  ])();
}

/** Options that only concern the socket. */
const option = () => one([c.SO_BROADCAST, c.SO_ERROR, c.SO_KEEPALIVE, c.SO_LINGER, c.SO_RCVBUF, c.SO_SNDBUF, -1, 9999]);
const level = () => one([c.SOL_SOCKET, c.IPPROTO_TCP, -1, 9999]);

/** Arguments as each call wants them, which then are spoilt or not. */
const methods = {
  bind: () => [address()],
  connect: () => [address()],
  listen: () => [integer()],
  accept: () => [],
  duplicate: () => [],
  shutdown: () => [integer()],
  setOption: () => [level(), option(), bytes()],
  getOption: () => [level(), option(), bytes()],
  name: () => [],
  peerName: () => [],
  send: () => [bytes(), one([null, address()])],
  sendMany: () => [messages(), integer(), one([null, address()])],
  receive: () => [batch()],
  peek: () => [bytes()],
  peerEnded: () => [],
  watch: () => [one([0, 1, 1, 2, 3, integer()]), listener],
  release: () => [],
  close: () => [],
};
const functions = {
  socket: () => [one([c.AF_INET, c.AF_INET6, c.AF_UNIX, 9999]), one([c.SOCK_STREAM, c.SOCK_DGRAM, 5, 99]), 0],
  // Nobody's descriptors, or those that are no sockets.
  adopt: () => [one([-1, 100_000, 2 ** 31 - 1])],
  duplicateOf: () => [one([-1, 100_000, 2 ** 31, one(sockets).fd])],
  address4: () => [bytes(), integer()],
  address6: () => [bytes(), integer(), one(['', '0', 'lo', '99999999999', 'x'.repeat(100)])],
  addressLocal: () => [bytes()],
  addressRaw: () => [integer(), bytes()],
  readAddress: () => [one([address, bytes])()],
};

function spoilt(args) {
  const list = [...args];
  // A descriptor out of nowhere may be this process' own output, and an address any computer's.
  const spoil = () => (list.length ? (list[below(list.length)] = anything()) : list.push(anything()));
  if (chance(3)) spoil();
  if (chance(5)) list.length = below(list.length + 1);
  return list;
}

/** What ends a socket comes rarely, so that much else happens to it. */
function nameOf(calls) {
  const name = one(Object.keys(calls));
  return (name === 'close' || name === 'release') && !chance(8) ? nameOf(calls) : name;
}

function call() {
  const isMethod = !chance(4);
  const name = nameOf(isMethod ? methods : functions);
  const receiver = isMethod ? one(sockets) : addon;
  const wrong = chance(10) ? one([{}, null, addon, Object.create(receiver), new Proxy(receiver, {})]) : receiver;
  const takesDescriptor = name === 'adopt' || name === 'duplicateOf';
  const args = (isMethod ? methods : functions)[name]();
  return Reflect.apply(receiver[name], isMethod ? wrong : addon, takesDescriptor ? args : spoilt(args));
}

function step() {
  try {
    const result = call();
    counts.results += 1;
    if (result && typeof result === 'object' && 'receive' in result) sockets[below(sockets.length)] = result;
  } catch (error) {
    if (error instanceof Ours) counts.ours += 1;
    else if (error instanceof TypeError) counts.typeErrors += 1;
    else throw error;
  }
}

/** A socket whose life has begun in some way. */
async function fresh() {
  const kind = one(Object.keys(kit.kinds));
  return one([() => kit.open(kind), () => kit.bound(kind), async () => one(await kit.pair(kind))])();
}

process.on('uncaughtException', (error) => {
  assert.ok(error instanceof Ours || error instanceof TypeError, error);
  counts.uncaught += 1;
});

const folder = mkdtempSync(`${tmpdir()}/netproc-fuzz-`);
process.chdir(folder);
try {
  for (let i = 0; i < 30; i++) sockets.push(await fresh());
  for (let i = 0; i < Number(calls); i++) {
    step();
    if (i % 50 === 0) sockets[below(sockets.length)] = await fresh();
    if (i % 200 === 0) await turn();
  }
} finally {
  process.chdir('/');
  rmSync(folder, { recursive: true });
}
for (const socket of sockets) socket.close();
assert.ok(counts.results > calls / 10 && counts.typeErrors > calls / 10, JSON.stringify(counts));
console.log('ok', JSON.stringify(counts));
process.exit();
