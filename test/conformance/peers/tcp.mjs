// A stream peer on TCP or a Unix socket, server or client, that follows a script for each connection. First line: the
// port it listens on, or its own port as a client; 0 for paths. `tls` {cert, clientCa} encrypts from the start, the step
// `startTls` {cert, clientCa} later.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { once } from 'node:events';
import { loopback, perform, plainActions, printable, report, start, toBytes, until } from './common.mjs';

const config = start();
const scripts = config.scripts ?? [config.script ?? []];

/** Certificates are in `certs` of the folder that the peer runs in. */
function contextOf(name, clientCa) {
  const file = (end) => readFileSync(`certs/${name}.${end}`);
  const ca = clientCa === undefined ? {} : { ca: readFileSync(`certs/${clientCa}`) };
  return tls.createSecureContext({ key: file('key'), cert: file('pem'), ...ca });
}

/** A connection: what has come in, not yet expected and not yet reported, and how it ended. */
class Connection {
  unexpected = Buffer.alloc(0);
  unreported = Buffer.alloc(0);
  ended = false;
  fault = null;
  #wake = () => {};

  constructor(socket) {
    this.#use(socket);
  }

  #use(socket) {
    this.socket = socket;
    socket.on('data', this.#take);
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('error', (e) => {
      this.fault = e.code ?? 'error';
      this.#wake();
    });
  }

  #take = (bytes) => {
    this.unexpected = Buffer.concat([this.unexpected, bytes]);
    this.unreported = Buffer.concat([this.unreported, bytes]);
    this.#wake();
  };

  #end() {
    this.ended = true;
    this.#wake();
  }

  /** Shakes hands as a server, and says how it went: `secure` or `tls-error`. */
  async secure({ cert, clientCa }) {
    const below = this.socket;
    for (const event of ['data', 'end', 'close']) below.removeAllListeners(event);
    const options = { isServer: true, secureContext: contextOf(cert, clientCa), rejectUnauthorized: false };
    const socket = new tls.TLSSocket(below, { ...options, requestCert: clientCa !== undefined });
    const isSecure = await new Promise((resolve) => {
      socket.once('secure', () => resolve(true));
      for (const event of ['error', '_tlsError', 'close']) socket.once(event, () => resolve(false));
    });
    report(isSecure ? 'secure' : 'tls-error');
    if (isSecure && config.announceClient) report(`client ${socket.getPeerCertificate().subject?.CN ?? 'nobody'}`);
    this.#use(socket);
    if (!isSecure) this.#end();
    return isSecure;
  }

  until(test) {
    return until(test, () => new Promise((resolve) => (this.#wake = resolve)), config.expectMs);
  }

  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  actions = {
    ...plainActions,
    send: (value) => this.write(toBytes(value)),
    expect: async (value) => {
      const wanted = toBytes(value);
      const inTime = await this.until(() => this.unexpected.includes(wanted) || this.ended);
      const at = this.unexpected.indexOf(wanted);
      if (at < 0) report(`missed ${printable(wanted)}${inTime ? '' : ' (time)'}`);
      else this.unexpected = this.unexpected.subarray(at + wanted.length);
    },
    expectBytes: async (count) => {
      await this.until(() => this.unexpected.length >= count || this.ended);
      if (this.unexpected.length < count) report(`missed ${count} bytes`);
      this.unexpected = this.unexpected.subarray(count);
    },
    expectEnd: async () => {
      await this.until(() => this.ended || this.fault !== null);
      if (this.fault !== null) report(`fault ${this.fault}`);
      else report(this.ended ? 'end' : 'missed end');
    },
    report: () => {
      report(`got ${printable(this.unreported)}`);
      this.unreported = Buffer.alloc(0);
    },
    count: () => report(`count ${this.unreported.length}`),
    end: () => void this.socket.end(),
    reset: () => void this.socket.resetAndDestroy(),
    echo: async () => {
      const first = this.unexpected;
      this.unexpected = Buffer.alloc(0);
      this.socket.off('data', this.#take);
      this.socket.on('data', (bytes) => this.socket.write(bytes));
      await this.write(first);
    },
    startTls: (how) => this.secure(how),
    pause: () => void this.socket.pause(),
    resume: () => void this.socket.resume(),
  };
}

function follow(socket, number) {
  if (config.announce) report(`connection ${number}`);
  const connection = new Connection(socket);
  if (config.tls) {
    const secured = connection.secure(config.tls);
    return secured.then(
      (isSecure) => isSecure && perform(scripts[Math.min(number, scripts.length) - 1], connection.actions),
    );
  }
  return perform(scripts[Math.min(number, scripts.length) - 1], connection.actions);
}

async function connect({ host, port, path }) {
  const to = path ? { path } : { host: loopback(host), port };
  const socket = net.connect({ ...to, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
  } catch (e) {
    report('0');
    report(`refused ${e.code}`);
    return;
  }
  report(path ? '0' : String(socket.localPort));
  await follow(socket, 1);
}

function listen({ host = '127.0.0.1', port = 0, path }) {
  let number = 0;
  const server = net.createServer({ allowHalfOpen: true }, (socket) => follow(socket, ++number));
  server.on('error', (e) => {
    report('0');
    report(`peer-error ${e.code}`);
  });
  server.listen(path ? { path } : { host: loopback(host), port, ipv6Only: true }, () =>
    report(path ? '0' : String(server.address().port)),
  );
}

if (config.connect) await connect(config.connect);
else listen(config.listen ?? {});
