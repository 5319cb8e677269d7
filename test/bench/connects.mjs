// How many connections can be made and deleted, and accepted, a second, beside bare Node sockets.
import { fork } from 'node:child_process';
import net from 'node:net';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);
const connections = 2_000;
/** Connections under way at once, where there are several. */
const several = 20;

/** An address of its own for each run: the ports of the run before are not free again for a minute. */
let lastHost = 0;
const nextHost = () => `127.0.${Math.floor(++lastHost / 250)}.${(lastHost % 250) + 1}`;

/** Runs `one` for every connection, a few at a time; returns connections a second. */
async function perSecond(atOnce, one) {
  let left = connections;
  const start = process.hrtime.bigint();
  const worker = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return connections / (Number(process.hrtime.bigint() - start) / 1e9);
}

const connect = {
  bare: (host, port, atOnce) =>
    perSecond(atOnce, async () => {
      const socket = net.connect(port, host);
      socket.on('error', () => undefined);
      await once(socket, 'data');
      socket.destroy();
    }),
  ours: async (host, port, atOnce) => {
    const core = createNetworkProcesses();
    try {
      return await perSecond(atOnce, async () => {
        let greeted = () => undefined;
        const greeting = new Promise((resolve) => (greeted = resolve));
        const process = await core.makeNetworkProcess({ name: 'c', host, service: port, filter: greeted });
        await greeting;
        core.deleteProcess(process);
      });
    } finally {
      core.dispose();
    }
  },
};

/** From the first to the last of the connections that the peer makes and closes. */
async function accepted(peer, host, listen) {
  let [count, start] = [0, 0n];
  let done = () => undefined;
  const all = new Promise((resolve) => (done = resolve));
  const { port, close } = await listen(() => {
    if (count++ === 0) start = process.hrtime.bigint();
    if (count === connections) done();
  });
  peer.send({ host, port, connections, atOnce: several });
  await all;
  const rate = connections / (Number(process.hrtime.bigint() - start) / 1e9);
  await once(peer, 'message');
  close();
  return rate;
}

const accept = {
  bare: (host, peer) =>
    accepted(peer, host, async (onAccept) => {
      const server = net.createServer((socket) => {
        socket.on('data', () => undefined);
        socket.on('error', () => undefined);
        onAccept();
      });
      await new Promise((resolve) => server.listen({ host, port: 0, backlog: 511 }, resolve));
      return { port: server.address().port, close: () => server.close() };
    }),
  ours: (host, peer) =>
    accepted(peer, host, async (onAccept) => {
      const core = createNetworkProcesses();
      const server = await core.makeNetworkProcess({
        name: 's',
        server: 511,
        host,
        service: true,
        filter: () => undefined,
        sentinel: (_, message) => {
          if (message.startsWith('open')) onAccept();
        },
      });
      return { port: core.processContact(server, 'service'), close: () => core.dispose() };
    }),
};

/** Pairs of runs in changing order; the median of the ratios ours to bare, and the rates. */
async function pairs(rounds, run) {
  const [ratios, rates] = [[], { bare: [], ours: [] }];
  for (let i = 0; i <= rounds; i++) {
    const rate = {};
    for (const who of i % 2 === 0 ? ['bare', 'ours'] : ['ours', 'bare']) rate[who] = await run(who, nextHost());
    // The first round warms up.
    if (i === 0) continue;
    ratios.push(rate.ours / rate.bare);
    for (const who of ['bare', 'ours']) rates[who].push(rate[who]);
  }
  return { ratio: median(ratios), bare: median(rates.bare), ours: median(rates.ours) };
}

/** Ratios and rates of connecting with deleting, one after another and several at once, and of accepting. */
export async function connects(rounds) {
  const peer = fork(new URL('connectsPeer.mjs', import.meta.url), { stdio: 'inherit' });
  try {
    const [port] = await once(peer, 'message');
    return {
      'connect and delete': await pairs(rounds, (who, host) => connect[who](host, port, 1)),
      'connect and delete, 20 at once': await pairs(rounds, (who, host) => connect[who](host, port, several)),
      accept: await pairs(rounds, (who, host) => accept[who](host, peer)),
    };
  } finally {
    peer.kill();
  }
}
