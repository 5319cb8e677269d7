// The other side of connects.mjs: accepts whatever comes on every address of loopback, and connects when told to.
import net from 'node:net';
import { once } from 'node:events';

const server = net.createServer((socket) => {
  socket.on('error', () => undefined);
  socket.resume();
  // Who connects waits for this: faster than they are accepted, connections fill the system's queue and wait a second.
  socket.write('x');
});
server.listen({ host: '0.0.0.0', port: 0, backlog: 511 }, () => process.send(server.address().port));

process.on('message', async ({ host, port, connections, atOnce }) => {
  let left = connections;
  const worker = async () => {
    while (left-- > 0) {
      const socket = net.connect(port, host);
      socket.on('error', () => undefined);
      // Until the other side has accepted and closed it: what waits in a full queue of the system would wait a second.
      socket.resume();
      socket.end();
      await once(socket, 'close');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  process.send('done');
});
