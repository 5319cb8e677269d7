// The other side of the bench of TLS, a process of its own: sends so many MiB to each connection, none keeps it open.
import tls from 'node:tls';

const mebibytes = Number(process.argv[2]);
const block = Buffer.alloc(65_536, 'TLS ');

process.once('message', (pair) => {
  const server = tls.createServer(pair, (socket) => {
    socket.on('error', () => undefined).resume();
    let left = mebibytes * 1024 * 1024;
    if (left === 0) return;
    const more = () => {
      while (left > 0) {
        const part = left < block.length ? block.subarray(0, left) : block;
        left -= part.length;
        if (!socket.write(part)) return;
      }
      socket.end();
    };
    socket.on('drain', more);
    more();
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
});
process.on('disconnect', () => process.exit());
