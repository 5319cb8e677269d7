// The other side of the throughput bench, a process of its own: sends so many MiB of UTF-8 text to each connection.
import net from 'node:net';

const mebibytes = Number(process.argv[2]);
const line = 'A line of a log as they are: 0123456789 abcdefghijklmnopqrstuvwxyz, and one é\n';
const block = Buffer.from(line.repeat(Math.ceil(65536 / Buffer.byteLength(line))));

const server = net.createServer((socket) => {
  let left = mebibytes * 1024 * 1024;
  const more = () => {
    while (left > 0) {
      const part = left < block.length ? block.subarray(0, left) : block;
      left -= part.length;
      if (!socket.write(part)) return;
    }
    socket.end();
  };
  socket.on('drain', more).on('error', () => undefined);
  more();
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
