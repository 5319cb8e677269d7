// How fast TLS is, and how many handshakes can be made a second, beside Node's own TLS in the same run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { StringDecoder } from 'node:string_decoder';
import tls from 'node:tls';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);
const mebibytes = 256;
const handshakes = 300;
const host = '127.0.0.1';

/** Makes a core that trusts the peer's certificate by its authority, which is itself. */
function coreFor(file) {
  const core = createNetworkProcesses();
  core.options.trustFiles = [file];
  return core;
}

const sink = {
  bare: async ({ port, cert }) => {
    const socket = tls.connect({ port, host, ca: cert });
    const decoder = new StringDecoder('utf8');
    let characters = 0;
    socket.on('data', (chunk) => (characters += decoder.write(chunk).length));
    await once(socket, 'close');
    return characters;
  },
  // As bare TLS gives it: a record at a time.
  ours: (peer) => received(peer, 65_536),
};

/** As above; a filter gets no more at once than Emacs gives it, a quarter of a record. */
const pieces = { bare: sink.bare, ours: (peer) => received(peer) };

async function received({ port, file }, readProcessOutputMax) {
  const core = coreFor(file);
  if (readProcessOutputMax) core.options.readProcessOutputMax = readProcessOutputMax;
  let characters = 0;
  await new Promise((resolve, reject) => {
    const filter = (_, text) => void (characters += text.length);
    const spec = { name: 'b', host, service: port, tlsParameters: {}, coding: 'utf-8-unix' };
    core.makeNetworkProcess({ ...spec, filter, sentinel: resolve }).catch(reject);
  });
  core.dispose();
  return characters;
}

const shake = {
  bare: async ({ port, cert }) => {
    const secureContext = tls.createSecureContext({ ca: cert });
    for (let i = 0; i < handshakes; i++) {
      const socket = tls.connect({ port, host, secureContext });
      socket.on('error', () => undefined);
      await once(socket, 'secureConnect');
      // With a notice of the end, as ours.
      socket.destroySoon();
    }
  },
  ours: async ({ port, file }) => {
    const core = coreFor(file);
    for (let i = 0; i < handshakes; i++) {
      core.deleteProcess(await core.makeNetworkProcess({ name: 'b', host, service: port, tlsParameters: {} }));
    }
    core.dispose();
  },
};

async function seconds(run, peer) {
  const start = process.hrtime.bigint();
  const characters = await run(peer);
  if (characters !== undefined && characters !== mebibytes * 1024 * 1024) {
    throw new Error(`${characters} characters of ${mebibytes} MiB`);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Pairs of runs, in changing order: { ratio, bare, ours }, speeds in `amount` a second. */
async function compared(rounds, { bare, ours }, peer, amount) {
  const pairs = [];
  await seconds(bare, peer);
  await seconds(ours, peer);
  for (let i = 0; i < rounds; i++) {
    const pair = {};
    for (const name of i % 2 ? ['ours', 'bare'] : ['bare', 'ours'])
      pair[name] = await seconds({ bare, ours }[name], peer);
    pairs.push(pair);
  }
  return {
    ratio: median(pairs.map((pair) => pair.bare / pair.ours)),
    bare: median(pairs.map((pair) => amount / pair.bare)),
    ours: median(pairs.map((pair) => amount / pair.ours)),
  };
}

/** Throughput of a stream that comes in and is decoded, and handshakes one after another. */
export async function tlsSpeeds(rounds) {
  const core = createNetworkProcesses();
  const pair = core.throwawayCertificate(['localhost', host]);
  core.dispose();
  const flood = await start(mebibytes, pair);
  const quiet = await start(0, pair);
  try {
    return {
      throughput: await compared(rounds, sink, flood, mebibytes),
      inPieces: await compared(rounds, pieces, flood, mebibytes),
      handshakes: await compared(rounds, shake, quiet, handshakes),
    };
  } finally {
    flood.stop();
    quiet.stop();
  }
}

async function start(size, pair) {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(`${tmpdir()}/np-tls-`);
  const file = `${folder}/cert.pem`;
  writeFileSync(file, pair.cert);
  const child = fork(`${root}/test/bench/tlsPeer.mjs`, [String(size)]);
  child.send(pair);
  const [port] = await once(child, 'message');
  const stop = () => {
    child.disconnect();
    rmSync(folder, { recursive: true });
  };
  return { port, cert: pair.cert, file, stop };
}
