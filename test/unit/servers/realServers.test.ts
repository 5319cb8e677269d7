/** Streams to servers that people use, each with settings and data of its own. */
import assert from 'node:assert/strict';
import type { NetworkProcess, NetworkProcesses, OpenedStream } from '../../../src/core';
import { dovecot, gnutlsServ, opensslServer, postfix, postgresql, type RealServer } from '../../support/peers/servers';
import { until, withCore } from '../core/support';
import { fileOf, trustOurs } from '../core/tlsSupport';

const shown = (): { cert: string; key: string } => ({ cert: fileOf('good.pem'), key: fileOf('good.key') });

type Open = (core: NetworkProcesses, port: number, type: string | null, dialog: string | null) => Promise<OpenedStream>;

const open: Open = (core, port, type, dialog) =>
  core.openNetworkStream('c', null, 'localhost', port, { type, dialog, returnList: true });

/** Sends, and waits for an answer, of which it returns all that came. */
async function ask(core: NetworkProcesses, process: NetworkProcess, text: string, answer: RegExp): Promise<string> {
  let heard = '';
  core.setProcessFilter(process, (_, output) => void (heard += String(output)));
  if (text) await core.processSendString(process, text);
  await until(`“${text.trim()}” is answered`, () => answer.test(heard)).catch((error: Error) => {
    throw new Error(`${error.message}; heard: ${heard}`);
  });
  return heard;
}

/** The connection is encrypted by the certificate that the server was given. */
function assertEncrypted(core: NetworkProcesses, { process, type, error }: OpenedStream): NetworkProcess {
  assert.equal(error, null);
  assert.equal(type, 'tls');
  const status = core.gnutlsPeerStatus(process!)!;
  assert.match(status.protocol, /^TLS1\.[23]$/);
  assert.equal(status.certificate!.subject, 'CN=good');
  assert.equal(status.warnings, undefined);
  return process!;
}

/** Nobody vouches for the certificate, and there is nobody to ask. */
async function assertUntrusted(port: number, type: string, dialog: string | null): Promise<void> {
  await withCore(async (core) => {
    const { process, error } = await open(core, port, type, dialog);
    assert.equal(process, null);
    assert.match(error!, /unknown and therefore untrusted authority|unknown-ca/);
    assert.deepEqual(core.processList(), []);
  })();
}

/** Encryption was demanded, and is not to be had: there is no process to which a secret could be given. */
async function assertRefused(core: NetworkProcesses, port: number, dialog: string): Promise<void> {
  const stream = await open(core, port, 'starttls', dialog);
  assert.deepEqual([stream.process, stream.type], [null, 'plain']);
  assert.match(stream.error!, /^Server does not support TLS/);
  assert.deepEqual(core.processList(), []);
  const bare = await open(core, port, null, dialog);
  assert.deepEqual([bare.type, bare.process?.status], ['plain', 'open']);
  assert.equal(core.gnutlsPeerStatus(bare.process!), null);
}

interface Mail {
  readonly dialog: string;
  readonly upgraded: string;
  readonly encrypted: string;
  readonly greeting: RegExp;
  /** What is told under TLS only. */
  readonly capabilities: RegExp;
  /** Said in this order, each with its answer. */
  readonly talk: readonly (readonly [text: string, answer: RegExp])[];
}

const imap: Mail = {
  dialog: 'imap',
  upgraded: 'imap',
  encrypted: 'imaps',
  greeting: /^\* OK .*Dovecot/,
  capabilities: /AUTH=PLAIN/,
  talk: [
    ['a LOGIN user secret\r\n', /^a OK .*Logged in/m],
    ['b NOOP\r\n', /^b OK/m],
    ['c LOGOUT\r\n', /^\* BYE.*\r\nc OK/m],
  ],
};
const pop3: Mail = {
  dialog: 'pop3',
  upgraded: 'pop3',
  encrypted: 'pop3s',
  greeting: /^\+OK Dovecot/,
  capabilities: /^USER\r$/m,
  talk: [
    ['USER user\r\n', /^\+OK/],
    ['PASS secret\r\n', /^\+OK Logged in/],
    ['STAT\r\n', /^\+OK 0 0/],
    ['QUIT\r\n', /^\+OK/],
  ],
};
const smtp: Mail = {
  dialog: 'smtp',
  upgraded: 'smtp',
  encrypted: 'smtps',
  greeting: /^220 localhost ESMTP/,
  capabilities: /^250-PIPELINING\r$(?![^]*STARTTLS)/m,
  talk: [
    ['MAIL FROM:<user@localhost>\r\n', /^250 /],
    ['RSET\r\n', /^250 /],
    ['QUIT\r\n', /^221 /],
  ],
};

function testsOfMail({ dialog, upgraded, encrypted, greeting, capabilities, talk }: Mail, at: () => RealServer): void {
  for (const [type, port] of [
    ['starttls', upgraded],
    [null, upgraded],
    ['tls', encrypted],
  ] as const) {
    it(
      `${dialog}: type ${type} is encrypted and carries a conversation`,
      withCore(async (core) => {
        trustOurs(core);
        const stream = await open(core, at().ports[port]!, type, dialog);
        const process = assertEncrypted(core, stream);
        assert.match(stream.greeting!, greeting);
        assert.match(stream.capabilities!, capabilities);
        for (const [text, answer] of talk) await ask(core, process, text, answer);
        await until('the server has ended it', () => process.status === 'closed');
      }),
    );
  }

  it(`${dialog}: a certificate that nobody vouches for is refused`, async () => {
    await assertUntrusted(at().ports[upgraded]!, 'starttls', dialog);
    await assertUntrusted(at().ports[encrypted]!, 'tls', dialog);
  });
}

/** A server for all tests of a suite. */
function serverOfSuite(start: (context: Mocha.Context) => Promise<RealServer>): () => RealServer {
  let server: RealServer | undefined;
  before(async function () {
    this.timeout(40_000);
    server = await start(this);
  });
  after(async function () {
    this.timeout(20_000);
    await server?.stop();
  });
  return () => server!;
}

describe('a real Dovecot', () => {
  const server = serverOfSuite((context) => dovecot(context, shown()));
  testsOfMail(imap, server);
  testsOfMail(pop3, server);
});

describe('a real Dovecot without TLS', () => {
  const server = serverOfSuite((context) => dovecot(context, null));
  for (const dialog of ['imap', 'pop3']) {
    it(
      `${dialog}: demanded encryption fails, and leaves no process`,
      withCore((core) => assertRefused(core, server().ports[dialog]!, dialog)),
    );
  }
});

describe('a real Postfix', () => {
  const server = serverOfSuite((context) => postfix(context, shown()));
  testsOfMail(smtp, server);
  it(
    'without TLS: demanded encryption fails, and leaves no process',
    withCore((core) => assertRefused(core, server().ports.plain!, 'smtp')),
  );
});

/** What a client of PostgreSQL says first: protocol 3.0, and who it is. */
function startup(): Buffer {
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return Buffer.concat([size, body]);
}

async function askPostgresql(core: NetworkProcesses, process: NetworkProcess): Promise<void> {
  let heard = Buffer.alloc(0);
  core.setProcessCodingSystem(process, 'binary', 'binary');
  core.setProcessFilter(process, (_, output) => {
    heard = Buffer.concat([heard, typeof output === 'string' ? Buffer.from(output, 'latin1') : output]);
  });
  await core.processSendBytes(process, startup());
  // AuthenticationOk at the beginning, ReadyForQuery, idle, at the end.
  const ready = Buffer.from('5a0000000549', 'hex');
  await until('it is ready for a query', () => heard.subarray(-6).equals(ready));
  assert.equal(heard.subarray(0, 9).toString('hex'), '520000000800000000');
  assert.ok(heard.includes('server_version\0'));
  await core.processSendBytes(process, Buffer.from('5800000004', 'hex'));
  await until('it has ended', () => process.status === 'closed');
}

describe('a real PostgreSQL', () => {
  const server = serverOfSuite((context) => postgresql(context, shown()));

  for (const type of ['starttls', null]) {
    it(
      `type ${type} is encrypted, and lets us in`,
      withCore(async (core) => {
        trustOurs(core);
        const stream = await open(core, server().ports.postgresql!, type, 'postgresql');
        await askPostgresql(core, assertEncrypted(core, stream));
      }),
    );
  }

  it('a certificate that nobody vouches for is refused', () =>
    assertUntrusted(server().ports.postgresql!, 'starttls', 'postgresql'));
});

describe('a real PostgreSQL without TLS', () => {
  const server = serverOfSuite((context) => postgresql(context, null));
  it(
    'demanded encryption fails, and leaves no process',
    withCore((core) => assertRefused(core, server().ports.postgresql!, 'postgresql')),
  );
});

describe('a real gnutls-serv', () => {
  const server = serverOfSuite((context) => gnutlsServ(context, shown()));

  it(
    'echoes, under TLS 1.2 and 1.3',
    withCore(async (core) => {
      trustOurs(core);
      for (const [maxVersion, protocol] of [
        ['TLSv1.2', 'TLS1.2'],
        ['TLSv1.3', 'TLS1.3'],
      ] as const) {
        const parameters = { type: 'tls', returnList: true as const, tlsParameters: { maxVersion } };
        const stream = await core.openNetworkStream('c', null, 'localhost', server().ports.echo!, parameters);
        const process = assertEncrypted(core, stream);
        assert.equal(core.gnutlsPeerStatus(process)!.protocol, protocol);
        await ask(core, process, 'hällo\n', /^hällo\n$/);
        core.deleteProcess(process);
      }
    }),
  );

  it('a certificate that nobody vouches for is refused', () => assertUntrusted(server().ports.echo!, 'tls', null));
});

describe('a real openssl s_server', () => {
  const server = serverOfSuite((context) => opensslServer(context, shown()));

  it(
    'sees the name that we ask for, and a session of ours',
    withCore(async (core) => {
      trustOurs(core);
      const process = assertEncrypted(core, await open(core, server().ports.www!, 'tls', null));
      const page = await ask(core, process, 'GET / HTTP/1.0\r\n\r\n', /<\/html>/i);
      assert.match(page, /^HTTP\/1\.0 200 ok/);
      assert.match(page, /Protocol *: TLSv1\.3/);
      await until('it has ended', () => process.status === 'closed');
    }),
  );

  it('a certificate that nobody vouches for is refused', () => assertUntrusted(server().ports.www!, 'tls', null));
});
