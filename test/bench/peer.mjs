// The other side of the host bench, a process of its own. Sends what is asked for: `flood BYTES` at full speed,
// `steady BYTES MILLISECONDS` evenly, both with a last line of its own. Anything else comes back.
import net from 'node:net';

const lineBytes = 79;
const linesAtOnce = 829; // 64 KiB
const batchMs = 10;

/** No two lines are the same: each has its number. */
class Lines {
  #number = 0;

  constructor() {
    const text = 'A line of a log as they are, with a number: 00000000 at 0000000000000, and more';
    this.#template = Buffer.from(`${text.slice(0, lineBytes - 1)}\n`.repeat(linesAtOnce));
    this.#at = text.indexOf('00000000');
    this.#timeAt = text.indexOf('0000000000000');
  }

  #template;
  #at;
  #timeAt;

  /** So many whole lines, at most `linesAtOnce`; their time in milliseconds since 1970. */
  take(count) {
    const block = Buffer.from(this.#template.subarray(0, count * lineBytes));
    const time = String(Date.now());
    for (let i = 0; i < count; i++) {
      const start = i * lineBytes;
      block.latin1Write(String((this.#number += 1)).padStart(8, '0'), start + this.#at, 8);
      block.latin1Write(time, start + this.#timeAt, 13);
    }
    return block;
  }
}

/** The end of `bytes` that are mostly lines: a shorter or longer last one, of which there is only this one. */
function lastLine(bytes) {
  const text = 'last line ';
  return Buffer.from(`${text}${'.'.repeat(Math.max(bytes - text.length - 1, 0))}\n`);
}

function flood(socket, bytes) {
  const lines = new Lines();
  let left = Math.floor(bytes / lineBytes) - 1;
  const rest = bytes - left * lineBytes;
  const more = () => {
    while (left > 0) {
      const count = Math.min(left, linesAtOnce);
      left -= count;
      if (!socket.write(lines.take(count))) return;
    }
    socket.off('drain', more);
    socket.write(lastLine(rest));
  };
  socket.on('drain', more);
  more();
}

function steady(socket, bytes, milliseconds) {
  const lines = new Lines();
  const all = Math.floor(bytes / lineBytes) - 1;
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(all, Math.floor((all * (performance.now() - start)) / milliseconds));
    while (sent < due) {
      const count = Math.min(due - sent, linesAtOnce);
      socket.write(lines.take(count));
      sent += count;
    }
    if (sent < all) return;
    clearInterval(timer);
    socket.write(lastLine(bytes - all * lineBytes));
  }, batchMs);
  socket.on('close', () => clearInterval(timer));
}

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    const [what, ...numbers] = String(bytes).trim().split(' ');
    if (what === 'flood') flood(socket, Number(numbers[0]));
    else if (what === 'steady') steady(socket, Number(numbers[0]), Number(numbers[1]));
    else socket.write(bytes);
  });
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
