import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectStream, type Ending } from '../../../src/core/transport/connectStream';
import { handshake } from '../../../src/core/tls/handshake';
import { tlsSide, type TlsDefaults } from '../../../src/core/tls/tlsParameters';
import { itWithNative } from '../../support/nativeSockets';
import { plainServer, until } from './support';
import { fileOf } from './tlsSupport';

const total = 2 * 1024 * 1024;

/** A server in a program of its own: a line in clear, then, when it is answered, TLS and many bytes. */
const server = `
const tls = require('node:tls'), net = require('node:net'), { readFileSync } = require('node:fs');
const secureContext = tls.createSecureContext({ key: readFileSync(process.argv[1]), cert: readFileSync(process.argv[2]) });
net.createServer((socket) => {
  socket.on('error', () => undefined).write('in clear');
  socket.once('data', () => {
    socket.write('go');
    socket.removeAllListeners('data');
    new tls.TLSSocket(socket, { isServer: true, secureContext })
      .on('error', () => undefined)
      .on('secure', function () { this.write(Buffer.alloc(${total}, 120)); });
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

const ending = (): Ending => ({ reason: null, onEnd: () => () => undefined });
const defaults: TlsDefaults = {
  trustFiles: [],
  crlFiles: [],
  algorithmPriority: null,
  minPrimeBits: null,
  verifyError: [],
};

describe('a handshake on a stream that was read before', () => {
  it('leaves a stream that can be held up and go on, also when the answer is there before anybody looks', async function () {
    const program = spawn(process.execPath, ['-e', server, fileOf('good.key'), fileOf('good.pem')]);
    try {
      const [line] = (await once(program.stdout, 'data')) as [Buffer];
      const stream = await connectStream({ host: '127.0.0.1', port: Number(line) }, ending(), () => undefined);
      let clear = '';
      stream.onData = (bytes) => (clear += bytes.toString());
      stream.setReading(true);
      await until('the text in clear', () => clear === 'in clear');
      stream.write(Buffer.from('?'), () => undefined);
      await until('the consent', () => clear === 'in cleargo');
      stream.setReading(false);
      const shaking = handshake(stream, tlsSide({}, null, false, defaults), ending());
      // The event loop stands still until the server's part of the handshake has come.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      const secured = await shaking;
      let received = 0;
      secured.onData = (bytes) => {
        received += bytes.length;
        secured.setReading(false);
        setImmediate(() => secured.setReading(true));
      };
      secured.setReading(true);
      await until('all of it', () => received === total);
      secured.close();
    } finally {
      program.kill();
    }
  });

  it('fails with what the socket came to', async () => {
    const peer = await plainServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 50));
    const stream = await connectStream({ host: '127.0.0.1', port: peer.port }, ending(), () => undefined);
    await assert.rejects(handshake(stream, tlsSide({}, null, false, defaults), ending()), {
      code: 'NP_TLS_HANDSHAKE',
      message: /reset/i,
    });
    peer.close();
  });

  itWithNative('tells what comes in place of TLS', async () => {
    const peer = await plainServer((socket) => {
      socket.write('go');
      socket.once('data', () => socket.write('* NO today\r\n'));
    });
    const stream = await connectStream({ host: '127.0.0.1', port: peer.port }, ending(), () => undefined);
    let clear = '';
    stream.onData = (bytes) => (clear += bytes.toString());
    stream.setReading(true);
    await until('the consent', () => clear === 'go');
    stream.setReading(false);
    await assert.rejects(handshake(stream, tlsSide({}, null, false, defaults), ending()), {
      code: 'NP_TLS_NOT_TLS',
      message: /begins with “\* NO today\\x0d\\x0a”/,
    });
    peer.close();
  });
});
