// A thread that sends bytes to each connection of its server and closes it, and tells the sums of what it sent and got.
import { createHash, randomFillSync } from 'node:crypto';
import net from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const { bytes, pieceBytes, pauseMs, content } = workerData;

/** The next piece: random bytes, lines of 79 and a number, or one line without an end. */
const contents = {
  random: (piece) => randomFillSync(piece),
  lines: (piece, at) => {
    for (let i = 0; i < piece.length; i++) piece[i] = (at + i) % 80 === 79 ? 0x0a : 0x30 + (((at + i) / 80) % 64);
  },
  line: (piece, at) => {
    for (let i = 0; i < piece.length; i++) piece[i] = 0x61 + ((at + i) % 26);
  },
};

async function send(socket, number) {
  const sum = createHash('sha256');
  for (let at = 0; at < bytes && !socket.destroyed;) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at));
    contents[content](piece, at);
    sum.update(piece);
    at += piece.length;
    if (!socket.write(piece)) await drained(socket);
    else if (pauseMs === 0) await turn();
    if (pauseMs > 0) await sleep(pauseMs);
  }
  parentPort.postMessage({ number, sent: sum.digest('hex') });
  if (bytes > 0) socket.end();
}

function drained(socket) {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

let connections = 0;
const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  const number = connections++;
  const sum = createHash('sha256');
  socket.on('error', () => undefined);
  socket.on('data', (data) => sum.update(data));
  socket.on('end', () => {
    parentPort.postMessage({ number, got: sum.digest('hex') });
    socket.end();
  });
  void send(socket, number);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage({ port: server.address().port }));
