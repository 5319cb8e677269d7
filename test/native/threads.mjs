// `node threads.mjs ADDON`: threads end that have 50 watched sockets, in all ways in which a thread ends. Prints "ok".
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { batchOf, descriptors, kitOf, readable, writable } from './kit.mjs';

/** How a thread comes to its end once its sockets are watched, some of them ready all the time. */
const endings = {
  terminated: () => undefined,
  'terminated in a listener': () => undefined,
  'by exit in a listener': () => undefined,
  'by itself': (sockets) => sockets.forEach((socket) => socket.watch(0)),
  'by an error in a listener': () => undefined,
};

const inListener = {
  'terminated in a listener': () => {
    parentPort.postMessage('listening');
    for (;;);
  },
  'by exit in a listener': () => process.exit(0),
  'by an error in a listener': () => {
    throw new Error('thrown in a thread');
  },
};

async function thread({ file, ending }) {
  const kit = kitOf(file);
  const sockets = [];
  for (let i = 0; i < 25; i++) {
    sockets.push(...(await kit.pair(Object.keys(kit.kinds)[i % Object.keys(kit.kinds).length])));
  }
  const listen = inListener[ending] ?? (() => undefined);
  sockets.forEach((socket, i) => kit.must(socket.watch(readable | (i % 2 && writable), listen)));
  sockets[0].receive(batchOf());
  parentPort.postMessage('watched');
  endings[ending](sockets);
}

const exit = (worker) => new Promise((resolve) => worker.once('exit', resolve));
const said = (worker, what) => new Promise((resolve) => worker.on('message', (text) => text === what && resolve()));

async function ended(file, ending) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { file, ending } });
  const exited = exit(worker);
  const errors = [];
  worker.on('error', (error) => errors.push(error.message));
  await said(worker, ending === 'terminated in a listener' ? 'listening' : 'watched');
  if (ending.startsWith('terminated')) await worker.terminate();
  await exited;
  assert.deepEqual(errors, ending === 'by an error in a listener' ? ['thrown in a thread'] : [], ending);
}

async function main(file) {
  const kit = kitOf(file);
  const before = descriptors();
  for (let round = 0; round < 3; round++) {
    for (const ending of Object.keys(endings)) await ended(file, ending);
  }
  await turn();
  assert.ok(Math.abs(descriptors() - before) <= 5, `${before} descriptors, then ${descriptors()}`);
  // The sockets of this thread have noticed nothing. They are watched when the process ends, too.
  const [a, b] = await kit.pair('stream');
  kit.must(a.send(Buffer.from('x'), null));
  kit.must(
    b.watch(readable, () => {
      console.log('ok');
      process.exit(0);
    }),
  );
}

if (isMainThread) await main(process.argv[2]);
else await thread(workerData);
