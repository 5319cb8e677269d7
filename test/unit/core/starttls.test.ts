/** Hostile servers that are asked for STARTTLS: whatever they do, no secret goes in clear where encryption was demanded. */
import assert from 'node:assert/strict';
import type { NetworkProcesses, OpenedStream } from '../../../src/core';
import { hostileServer, speeches, type HostileServer, type Malice, type Speech } from './hostile';
import { codeOf, pause, plainServer, until, withCore } from './support';
import { trustOurs } from './tlsSupport';

type Outcome = { code: string; stream: OpenedStream | null };

/** Opens, and sends a secret at once, as a user would who has asked for encryption. */
async function attempt(core: NetworkProcesses, server: HostileServer, dialog: string, type: string): Promise<Outcome> {
  const parameters = { type, dialog, returnList: true as const };
  try {
    const stream = await core.openNetworkStream('c', '*c*', 'localhost', server.port, parameters);
    const { process } = stream;
    if (process && (type === 'starttls' || stream.type === 'tls')) await core.processSendString(process, 'SECRET');
    return { code: 'no error', stream };
  } catch (error) {
    return { code: String((error as { code?: string }).code), stream: null };
  }
}

interface Case {
  readonly id: string;
  readonly what: string;
  malice(speech: Speech): Malice | Malice[];
  /** The code, or how the list looks, with type `starttls` and with type `network`. */
  readonly starttls: string;
  readonly network: string;
}

const refused = 'plain, no process';
const plain = 'plain, open';
const secured = 'tls, open';
const injection = 'NP_STARTTLS_INJECTION';
const broken = /^NP_TLS_(NOT_TLS|HANDSHAKE)$/;

const cases: readonly Case[] = [
  {
    id: 'RS-001',
    what: 'a forged answer behind the consent',
    malice: (s) => ({ after: s.injected }),
    starttls: injection,
    network: injection,
  },
  {
    id: 'RS-002',
    what: 'a piece of a line behind the consent',
    malice: () => ({ after: 'INJECTED ' }),
    starttls: injection,
    network: injection,
  },
  {
    id: 'RS-003',
    what: 'a line before the consent',
    malice: (s) => (s.dialog === 'imap' ? { before: '* OK [ALERT] INJECTED\r\n' } : {}),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-004',
    what: 'text in clear after the consent',
    malice: (s) => ({ later: s.injected }),
    starttls: 'broken',
    network: 'broken',
  },
  {
    id: 'RS-005',
    what: 'forged answers, and silence under TLS',
    malice: (s) => ({ after: s.injected, secured: null }),
    starttls: injection,
    network: injection,
  },
  {
    id: 'RS-006',
    what: 'STARTTLS taken off the list',
    malice: (s) => ({ capabilities: s.offersNot }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-009',
    what: 'no list',
    malice: (s) => ({ capabilities: s.refusesToTell }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-010',
    what: 'a server that knows us already',
    malice: (s) => (s.dialog === 'imap' ? { greeting: s.preauth } : { reply: s.no[0]! }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-011',
    what: 'the same without STARTTLS',
    malice: (s) => ({ greeting: s.preauth, capabilities: s.offersNot }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-012',
    what: 'a refusal',
    malice: (s) => s.no.slice(0, 3).map((reply) => ({ reply })),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-013',
    what: 'a refusal with the words of a consent in it',
    malice: (s) => ({ reply: s.no[3]! }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-014',
    what: 'a consent, and nothing of TLS',
    malice: () => ({ then: 'silence' }),
    starttls: 'NP_TLS_TIMEOUT',
    network: 'NP_TLS_TIMEOUT',
  },
  {
    id: 'RS-016',
    what: 'a consent, then rubbish, an end, a reset or an alert',
    malice: () => [
      { later: 'rubbish rubbish\r\n' },
      { then: 'close' },
      { then: 'reset' },
      { later: Buffer.from([0x15, 3, 3, 0, 2, 2, 40]) },
    ],
    starttls: 'broken',
    network: 'broken',
  },
  {
    id: 'RS-018',
    what: 'another list in clear than under TLS',
    malice: () => ({}),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-019',
    what: 'no list under TLS',
    malice: () => ({ secured: null }),
    starttls: 'NP_NEGOTIATION_TIMEOUT',
    network: 'NP_NEGOTIATION_TIMEOUT',
  },
  {
    id: 'RS-020',
    what: 'silence in each phase',
    malice: () => [{ greeting: null }, { capabilities: null }, { reply: null }],
    starttls: 'NP_NEGOTIATION_TIMEOUT',
    network: 'NP_NEGOTIATION_TIMEOUT',
  },
  {
    id: 'RS-021',
    what: 'a pointer to another host',
    malice: (s) => ({ greeting: s.greeting.replace('ready', '[REFERRAL imap://evil.invalid/]') }),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-022',
    what: 'a greeting without end',
    malice: () => ({ endlessly: { at: 'greeting', text: 'x'.repeat(65_536) } }),
    starttls: 'NP_NEGOTIATION_TOO_LONG',
    network: 'NP_NEGOTIATION_TOO_LONG',
  },
  {
    id: 'RS-024',
    what: 'a list without end',
    malice: () => ({ endlessly: { at: 'capabilities', text: '250-more\r\n'.repeat(1_000) } }),
    starttls: 'NP_NEGOTIATION_TOO_LONG',
    network: 'NP_NEGOTIATION_TOO_LONG',
  },
  {
    id: 'RS-026',
    what: 'every answer in single bytes',
    malice: () => ({ bytewise: true }),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-027',
    what: 'a certificate that is no good',
    malice: () => ['expired', 'selfsigned', 'otherhost'].map((certificate) => ({ certificate })),
    starttls: refused,
    network: refused,
  },
];

describe('STARTTLS with hostile servers', function () {
  this.timeout(20_000);
  for (const { id, what, malice, ...expected } of cases) {
    for (const speech of speeches) {
      it(
        `${id} ${what} (${speech.dialog})`,
        withCore(async (core) => {
          trustOurs(core);
          // Only silence is waited out.
          const isSilent = /TIMEOUT/.test(expected.starttls);
          core.options.handshakeTimeoutMs = isSilent ? 400 : 10_000;
          core.options.negotiationTimeoutMs = isSilent ? 300 : 10_000;
          for (const type of ['starttls', 'network'] as const) {
            for (const one of [malice(speech)].flat()) {
              const server = await hostileServer(speech, one);
              const { code, stream } = await attempt(core, server, speech.dialog, type);
              await pause(5);
              const shown = stream ? `${stream.type}, ${stream.process ? 'open' : 'no process'}` : code;
              if (expected[type] === 'broken') assert.match(shown, broken);
              else assert.equal(shown, expected[type], JSON.stringify(one));
              assert.equal(server.connections(), 1, 'one connection only');
              assert.ok(!server.clear().includes('SECRET'), 'a secret went in clear');
              if (shown === secured) {
                await until('the secret is there', () => server.secret().includes('SECRET'));
                assert.equal(stream!.capabilities, speech.secured);
              } else if (id !== 'RS-019')
                assert.equal(server.secret(), '', 'nothing is said under TLS before it is judged');
              const text = core.getBuffer('*c*')?.fullText() ?? '';
              const log =
                stream?.process?.byteLog.entries.map(({ bytes }) => Buffer.from(bytes).toString()).join('') ?? '';
              assert.ok(
                !/INJECTED/.test(`${text}${log}${JSON.stringify({ ...stream, process: null })}`),
                'injected text got through',
              );
              if (shown === secured) assert.ok(!text.includes('LOGIN-IN-CLEAR'));
              if (shown === refused) assert.ok(stream!.error);
              for (const process of core.processList()) core.deleteProcess(process);
              if (core.getBuffer('*c*')) core.killBuffer('*c*');
              server.close();
            }
          }
        }),
      );
    }
  }

  const [imap] = speeches as [Speech];
  const open = (core: NetworkProcesses, port: number, more: Record<string, unknown> = {}): Promise<OpenedStream> =>
    core.openNetworkStream('c', null, 'localhost', port, {
      type: 'network',
      dialog: 'imap',
      ...more,
      returnList: true,
    });

  it(
    'RS-007 who wants a warning is asked, and nobody to ask means no',
    withCore(async (core) => {
      const server = await hostileServer(imap, { capabilities: imap.offersNot });
      assert.equal((await open(core, server.port, { warnUnlessEncrypted: true })).process, null);
      server.close();
    }),
  );

  it(
    'RS-008 the list counts, not the greeting',
    withCore(async (core) => {
      trustOurs(core);
      const server = await hostileServer(imap, { greeting: '* OK [CAPABILITY IMAP4rev1] ready\r\n' });
      assert.equal((await open(core, server.port)).type, 'tls');
      server.close();
    }),
  );

  it(
    'RS-015 a handshake that hangs is given up at once when it is cancelled',
    withCore(async (core) => {
      const server = await hostileServer(imap, { then: 'silence' });
      const controller = new AbortController();
      const parameters = { type: 'starttls', dialog: 'imap', returnList: true as const };
      const opening = core.openNetworkStream('c', null, 'localhost', server.port, parameters, controller);
      await until('the server has agreed', () => server.clear().includes('STARTTLS'));
      await pause(30);
      const before = performance.now();
      controller.abort();
      assert.equal(await codeOf(opening), 'NP_CANCELLED');
      assert.ok(performance.now() - before < 100);
      assert.deepEqual(core.processList(), []);
      server.close();
    }),
  );

  it(
    'RS-017 an upgrade that was broken leads to no second connection',
    withCore(async (core) => {
      const server = await hostileServer(imap, { then: 'reset' });
      assert.match(await codeOf(open(core, server.port)), broken);
      await pause(100);
      assert.equal(server.connections(), 1);
      server.close();
    }),
  );

  it(
    'RS-023 a greeting of 100 KiB in single bytes takes little time',
    withCore(async (core) => {
      const greeting = `* OK ${'x'.repeat(100_000)}\r\n`;
      const server = await hostileServer(imap, { greeting, bytewise: true, capabilities: imap.offersNot });
      const before = process.cpuUsage();
      const { greeting: heard } = await open(core, server.port, {
        endOfCommand: '^\\* [A-Z]+ .*\r\n',
        endOfCapability: '^1 .*\r\n',
      });
      const { user } = process.cpuUsage(before);
      assert.equal(heard, greeting);
      assert.ok(user < 4_000_000, `${user} µs`);
      server.close();
    }),
  );

  it(
    'RS-025 a server whose lines end otherwise times out, and the error shows what came',
    withCore(async (core) => {
      core.options.negotiationTimeoutMs = 100;
      const server = await hostileServer(imap, { greeting: '* OK bare\n' });
      const opening = open(core, server.port, { endOfCommand: '\r\n' });
      await assert.rejects(opening, { code: 'NP_NEGOTIATION_TIMEOUT', message: /greeting.*\* OK bare\\x0a/ });
      server.close();
    }),
  );

  it(
    'a command whose answer has no end is sent, and nothing is waited for',
    withCore(async (core) => {
      let got = '';
      const server = await plainServer((socket) => socket.on('data', (bytes) => (got += String(bytes))));
      const { process, capabilities, error } = await core.openNetworkStream('p', null, '127.0.0.1', server.port, {
        capabilityCommand: 'CAPS\r\n',
        success: 'ok',
        starttlsFunction: () => null,
        returnList: true,
      });
      await until('it came', () => got === 'CAPS\r\n');
      assert.deepEqual([process?.status, capabilities, error], ['open', null, null]);
      server.close();
    }),
  );

  it(
    'RS-006 a process says that it is not encrypted where that was asked for if possible',
    withCore(async (core) => {
      trustOurs(core);
      const without = await hostileServer(imap, { capabilities: imap.offersNot });
      const { process: plain } = await open(core, without.port, { type: 'network' });
      assert.deepEqual([plain?.encryption, plain?.isNegotiated], ['none', true]);
      const { process: asked } = await open(core, without.port, { type: 'plain' });
      assert.equal(asked?.encryption, null);
      const server = await hostileServer(imap, {});
      const { process: secured } = await open(core, server.port, { type: 'network' });
      assert.deepEqual([secured?.encryption, secured?.isNegotiated], ['TLS1.3', true]);
      // Their contact would make them in clear.
      for (const one of [plain, secured]) assert.equal(await codeOf(core.cloneProcess(one!)), 'NP_CLONE_NEGOTIATED');
      without.close();
      server.close();
    }),
  );

  it(
    'RS-028 what is sent while it is not encrypted waits for it',
    withCore(async (core) => {
      trustOurs(core);
      const server = await hostileServer(imap, {});
      const opening = open(core, server.port, { type: 'starttls' });
      await until('it is connecting', () => core.processList().length > 0);
      await core.processSendString(core.processList()[0]!, 'SECRET');
      await opening;
      await until('it is there', () => server.secret().includes('SECRET'));
      assert.ok(!server.clear().includes('SECRET'));
      server.close();
    }),
  );

  it(
    'RS-097 a pattern that would go on for ever is ended, and named',
    withCore(async (core) => {
      const server = await hostileServer(imap, { greeting: `${'a'.repeat(40)}b` });
      const before = performance.now();
      const opening = open(core, server.port, { endOfCommand: '(a+)+$' });
      await assert.rejects(opening, { code: 'NP_PATTERN', message: /endOfCommand/ });
      assert.ok(performance.now() - before < 1_500);
      server.close();
    }),
  );
});
