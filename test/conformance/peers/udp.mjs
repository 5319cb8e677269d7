// A datagram peer that follows a script. First line: its port.
import dgram from 'node:dgram';
import { once } from 'node:events';
import { loopback, perform, plainActions, printable, report, start, toBytes, until } from './common.mjs';

const config = start();
const host = loopback(config.host ?? '127.0.0.1');
const socket = dgram.createSocket(host.includes(':') ? 'udp6' : 'udp4');
const waiting = [];
let wake = () => {};
let lastSender = null;

socket.on('message', (bytes, sender) => {
  waiting.push({ bytes, sender });
  wake();
});
socket.on('error', (e) => report(`peer-error ${e.code}`));
socket.bind(config.port ?? 0, host);
await once(socket, 'listening');
report(String(socket.address().port));

await perform(config.script ?? [], {
  ...plainActions,
  recv: async () => {
    await until(
      () => waiting.length > 0,
      () => new Promise((resolve) => (wake = resolve)),
      config.expectMs,
    );
    const datagram = waiting.shift();
    if (!datagram) return report('missed datagram');
    lastSender = datagram.sender;
    report(`got ${printable(datagram.bytes)}`);
  },
  send: (value, { to, host: toHost }) =>
    new Promise((resolve) => {
      const address = toHost ?? lastSender?.address ?? host;
      socket.send(toBytes(value), to ?? lastSender?.port, address, () => resolve());
    }),
});
