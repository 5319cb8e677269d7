// How soon an opening ends that is given up while its server is silent, in each phase.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../tools/lib/paths.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);
const starttls = { type: 'starttls', dialog: 'imap' };
/** How a stream is opened, and what an IMAP server says before it falls silent. */
const phases = {
  'TLS handshake': { parameters: { type: 'tls' } },
  greeting: { parameters: starttls },
  capabilities: { parameters: starttls, greeting: true },
  'answer to STARTTLS': { parameters: starttls, greeting: true, capabilities: true },
  'handshake after STARTTLS': { parameters: starttls, greeting: true, capabilities: true, consent: true },
};

/** Returns {phase: the longest of so many tries, in milliseconds from the cancel to the error}. */
export async function cancels(tries) {
  const longest = {};
  for (const [name, phase] of Object.entries(phases)) {
    longest[name] = 0;
    for (let i = 0; i < tries; i++) longest[name] = Math.max(longest[name], await cancelled(phase));
  }
  return longest;
}

async function cancelled({ parameters, ...answers }) {
  const core = createNetworkProcesses();
  const server = net.createServer().listen(0, '127.0.0.1');
  server.on('connection', (socket) => answer(socket, answers, () => server.emit('silent')));
  await once(server, 'listening');
  const controller = new AbortController();
  const opening = core.openNetworkStream('c', null, 'localhost', server.address().port, parameters, controller);
  const outcome = opening.then(
    () => 'opened',
    (e) => e.code,
  );
  await Promise.race([once(server, 'silent'), outcome]);
  // Until our side has read the last answer.
  await sleep(20);
  const start = performance.now();
  controller.abort();
  const code = await outcome;
  const took = performance.now() - start;
  core.dispose();
  server.close();
  if (code !== 'NP_CANCELLED') throw new Error(`not cancelled but ${code}`);
  return took;
}

function answer(socket, { greeting, capabilities, consent }, silent) {
  socket.on('error', () => undefined);
  if (!greeting) return silent();
  socket.write('* OK ready\r\n');
  socket.on('data', (bytes) => {
    const [tag, command] = bytes.toString('latin1').trim().split(' ');
    if (command === 'CAPABILITY' && capabilities) {
      socket.write(`* CAPABILITY IMAP4rev1 STARTTLS\r\n${tag} OK done\r\n`);
    } else if (command === 'STARTTLS' && consent) socket.write(`${tag} OK begin\r\n`, silent);
    else silent();
  });
}
