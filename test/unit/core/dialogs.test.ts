/** The ready-made dialogs, each with a server that speaks so, and one that does not offer TLS. */
import assert from 'node:assert/strict';
import tls from 'node:tls';
import type { NetworkProcesses, OpenedStream } from '../../../src/core';
import { plainServer, until, withCore } from './support';
import { keyPair, trustOurs } from './tlsSupport';

interface Spoken {
  readonly greeting?: Buffer | string;
  /** What is asked, as it begins, and what answers it; `start` consents to TLS. */
  readonly answers: readonly (readonly [begins: string, answer: Buffer | string])[];
  readonly start: string;
  /** What no server may be upgraded by. */
  readonly lacks: Partial<Spoken>;
  /** Said by itself once it is encrypted. */
  readonly again?: string;
}

const latin = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

function mysqlGreeting(flags: number): Buffer {
  const body = Buffer.concat([
    latin('\x0a8.0.1\0'),
    hex('01000000'),
    latin('12345678\0'),
    Buffer.alloc(2),
    Buffer.alloc(20),
  ]);
  body.writeUInt16LE(flags, 1 + 6 + 4 + 9);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}

const mysqlRequest = latin(hex('20000001')).toString('latin1');
const xmppHead = "<?xml version='1.0'?><stream:stream id='1' xmlns:stream='http://etherx.jabber.org/streams'>";

const servers: Readonly<Record<string, Spoken>> = {
  smtp: {
    greeting: '220-first\r\n220 mail\r\n',
    answers: [
      ['EHLO localhost\r\n', '250-mail\r\n250 STARTTLS\r\n'],
      ['STARTTLS\r\n', '220 go\r\n'],
    ],
    start: 'STARTTLS',
    lacks: { answers: [['EHLO', '250-mail\r\n250-X-STARTTLS-NOT\r\n250 HELP\r\n']] },
  },
  lmtp: {
    greeting: '220 mail\r\n',
    answers: [
      ['LHLO localhost\r\n', '250-mail\r\n250-STARTTLS\r\n250 PIPELINING\r\n'],
      ['STARTTLS\r\n', '220 go\r\n'],
    ],
    start: 'STARTTLS',
    lacks: { answers: [['LHLO', '250 mail\r\n']] },
  },
  imap: {
    greeting: '* OK ready\r\n',
    answers: [
      ['1 CAPABILITY\r\n', '* CAPABILITY IMAP4rev1 STARTTLS\r\n1 OK\r\n'],
      ['2 STARTTLS\r\n', '2 OK\r\n'],
    ],
    start: '2 STARTTLS',
    lacks: { greeting: '* PREAUTH ready\r\n' },
  },
  pop3: {
    greeting: '+OK ready\r\n',
    answers: [
      ['CAPA\r\n', '+OK\r\nUSER\r\nSTLS\r\n.\r\n'],
      ['STLS\r\n', '+OK\r\n'],
    ],
    start: 'STLS',
    lacks: { answers: [['CAPA', '-ERR what?\r\n']] },
  },
  nntp: {
    greeting: '200 news\r\n',
    answers: [
      ['CAPABILITIES\r\n', '101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n'],
      ['STARTTLS\r\n', '382 go\r\n'],
    ],
    start: 'STARTTLS',
    lacks: { answers: [['CAPABILITIES', '500 what?\r\n']] },
  },
  ftp: {
    greeting: '220 files\r\n',
    answers: [
      ['FEAT\r\n', '211-Features:\r\n AUTH TLS\r\n UTF8\r\n211 End\r\n'],
      ['AUTH TLS\r\n', '234 go\r\n'],
    ],
    start: 'AUTH TLS',
    lacks: { answers: [['FEAT', '502 what?\r\n']] },
  },
  managesieve: {
    greeting: '"IMPLEMENTATION" "x"\r\n"STARTTLS"\r\nOK ready\r\n',
    answers: [['STARTTLS\r\n', 'OK go\r\n']],
    start: 'STARTTLS',
    again: '"SASL" "PLAIN"\r\nOK secured\r\n',
    lacks: { greeting: '"IMPLEMENTATION" "STARTTLS"\r\nOK ready\r\n' },
  },
  xmpp: {
    answers: [
      ['<?xml', `${xmppHead}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`],
      ['<starttls', "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    ],
    start: '<starttls',
    lacks: { answers: [['<?xml', `${xmppHead}<stream:features></stream:features>`]] },
  },
  ldap: {
    answers: [['\x30\x1d', hex('300c02010178070a010004000400')]],
    start: '\x30\x1d',
    lacks: { answers: [['\x30\x1d', hex('300c02010178070a010204000400')]] },
  },
  postgresql: {
    answers: [['\0\0\0\x08\x04\xd2\x16\x2f', 'S']],
    start: '\0\0\0\x08',
    lacks: { answers: [['\0\0\0\x08', 'N']] },
  },
  mysql: {
    greeting: mysqlGreeting(0x0800 | 0x0200),
    answers: [[mysqlRequest, '']],
    start: mysqlRequest,
    lacks: { greeting: mysqlGreeting(0x0200) },
  },
  irc: {
    answers: [
      ['CAP LS 302\r\n', ':a CAP * LS * :x\r\n:a CAP * LS :sasl tls\r\n'],
      ['STARTTLS\r\n', ':a 670 * :go\r\n'],
    ],
    start: 'STARTTLS',
    lacks: { answers: [['CAP LS', ':a CAP * LS :sasl\r\n']] },
  },
};

async function upgrade(core: NetworkProcesses, dialog: string, spoken: Spoken): Promise<[OpenedStream, string]> {
  trustOurs(core);
  core.options.negotiationTimeoutMs = 2_000;
  let secret = '';
  const server = await plainServer((socket) => {
    if (spoken.greeting) socket.write(latin(spoken.greeting));
    const answer = (bytes: Buffer): void => {
      const text = bytes.toString('latin1');
      const [, said] = spoken.answers.find(([begins]) => text.startsWith(begins)) ?? [];
      if (said !== undefined && said.length > 0) socket.write(latin(said));
      if (!text.startsWith(spoken.start)) return;
      socket.off('data', answer);
      // Without a reply to wait for, the handshake may come right behind the request.
      const rest = spoken.start === mysqlRequest ? bytes.subarray(36) : bytes.subarray(bytes.length);
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      const secured = new tls.TLSSocket(socket, {
        isServer: true,
        secureContext: tls.createSecureContext(keyPair('good')),
      });
      secured.on('error', () => undefined).on('_tlsError', () => undefined);
      secured.on('data', (more: Buffer) => {
        secret += more.toString('latin1');
        const again = spoken.answers.find(([begins]) => more.toString('latin1').startsWith(begins))?.[1];
        if (again?.length) secured.write(again);
      });
      if (spoken.again) secured.write(spoken.again);
    };
    socket.on('data', answer);
  });
  const parameters = { type: 'starttls', dialog, returnList: true as const };
  const stream = await core.openNetworkStream('c', null, 'localhost', server.port, parameters);
  if (stream.process) {
    await core.processSendString(stream.process, 'SECRET');
    await until('the secret is there', () => secret.includes('SECRET'));
  }
  server.close();
  return [stream, secret];
}

describe('dialogs', () => {
  for (const [dialog, spoken] of Object.entries(servers)) {
    it(
      `${dialog} is encrypted when that is offered, and dropped when it is not`,
      withCore(async (core) => {
        const [stream] = await upgrade(core, dialog, spoken);
        assert.equal(stream.type, 'tls');
        if (spoken.again) assert.equal(stream.capabilities, spoken.again);
        // The list offers it no more, or the answer is no: the server would go along, but must not be asked to.
        const [refused] = await upgrade(core, dialog, { ...spoken, ...spoken.lacks, start: '\xff' });
        assert.deepEqual([refused.process, refused.type], [null, 'plain']);
        assert.match(refused.error!, /^Server does not support TLS/);
      }),
    );
  }

  it(
    'a server of XMPP is told which host is meant',
    withCore(async (core) => {
      let heard = '';
      const server = await plainServer((socket) => socket.on('data', (bytes) => (heard += bytes.toString('latin1'))));
      const opening = core.openNetworkStream('c', null, '127.0.0.1', server.port, { type: 'starttls', dialog: 'xmpp' });
      await until('it is asked', () => heard.includes('>'));
      core.deleteProcess(core.processList()[0]!);
      await assert.rejects(opening, { code: 'NP_CANCELLED' });
      assert.match(heard, /<stream:stream to='127\.0\.0\.1' /);
      server.close();
    }),
  );

  it(
    'all are listed with their ports',
    withCore(async (core) => {
      assert.deepEqual(
        core
          .streamDialogs()
          .map(({ name }) => name)
          .sort(),
        Object.keys(servers).sort(),
      );
      assert.deepEqual(
        core.streamDialogs().find(({ name }) => name === 'imap'),
        {
          name: 'imap',
          title: 'IMAP',
          port: 143,
          tlsPort: 993,
          isServed: true,
        },
      );
      await assert.rejects(core.openNetworkStream('c', null, 'localhost', 1, { dialog: 'gopher' }), {
        code: 'NP_STREAM_PARAMETERS',
      });
    }),
  );
});
