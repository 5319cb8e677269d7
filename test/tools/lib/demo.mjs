// Something to try the extension on: a folder of texts to send, and echo servers to send them to.
import { createSocket } from 'node:dgram';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cache } from './paths.mjs';

const host = '127.0.0.1';

const httpRequest = ['GET / HTTP/1.1', 'Host: example.org', 'Connection: close', '', ''].join('\r\n');

const redisCommands = ['PING', 'SET greeting "hello"', 'GET greeting', 'QUIT', ''].join('\r\n');

/** Starts the servers and writes the folder. Returns {folder, host, tcpPort, udpPort, stop()}. */
export async function startDemo(folder = `${cache}/demo`) {
  const tcp = await echoTcp();
  const udp = await echoUdp();
  const tcpPort = tcp.address().port;
  const udpPort = udp.address().port;
  writeFolder(folder, tcpPort, udpPort);
  const stop = async () => {
    tcp.destroyAll();
    await Promise.all([tcp, udp].map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return { folder, host, tcpPort, udpPort, stop };
}

function echoTcp() {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A peer that goes away abruptly is no concern of an echo's.
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.destroyAll = () => sockets.forEach((socket) => socket.destroy());
  return listening(server, () => server.listen(0, host));
}

function echoUdp() {
  const server = createSocket('udp4', (data, from) => server.send(data, from.port, from.address));
  return listening(server, () => server.bind(0, host));
}

function listening(server, listen) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => resolve(server));
    listen();
  });
}

function writeFolder(folder, tcpPort, udpPort) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/hello.txt`, 'Hello, whoever is listening.\n');
  writeFileSync(`${folder}/http.txt`, httpRequest);
  writeFileSync(`${folder}/redis.txt`, redisCommands);
  writeFileSync(`${folder}/README.md`, readme(tcpPort, udpPort));
}

function readme(tcpPort, udpPort) {
  return `# Something to talk to

While this window is open, two servers on this computer send back whatever they get:

| Address | What it is |
| --- | --- |
| \`${host}:${tcpPort}\` | TCP echo |
| \`${host}:${udpPort}\` | UDP echo |

Press F1, type *Network Processes*, and connect to one of them.

These texts are for sending:

- \`hello.txt\`: a line for an echo
- \`http.txt\`: a request for a web server, such as \`example.org:80\`
- \`redis.txt\`: commands for a Redis server, such as \`${host}:6379\`
`;
}
