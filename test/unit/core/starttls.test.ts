/** Hostile servers that are asked for STARTTLS: whatever they do, no secret goes in clear where encryption was demanded. */
import assert from 'node:assert/strict';
import type { NetworkProcesses, OpenedStream } from '../../../src/core';
import { dialogs } from '../../../src/core/stream/dialogs';
import { hostileServer, speeches, type HostileServer, type Malice, type Speech } from './hostile';
import { codeOf, pause, plainServer, until, withCore } from './support';
import { fileOf, trustOurs } from './tlsSupport';

/** What came of opening, and what was said and heard meanwhile. */
interface Outcome {
  /** The code of an error, or how the list looks. */
  readonly shown: string;
  readonly stream: OpenedStream | null;
  /** Of an error that was thrown, or of the list. */
  readonly message: string;
}

/** Opens, and sends a secret at once, as a user would who has asked for encryption. */
async function attempt(
  core: NetworkProcesses,
  server: HostileServer,
  type: string,
  parameters: Record<string, unknown>,
): Promise<Outcome> {
  try {
    const all = { type, ...parameters, returnList: true as const };
    const stream = await core.openNetworkStream('c', '*c*', 'localhost', server.port, all);
    const { process } = stream;
    if (process && (type === 'starttls' || stream.type === 'tls')) await core.processSendString(process, 'SECRET');
    return {
      shown: `${stream.type}, ${process ? 'open' : 'no process'}`,
      stream,
      message: stream.error ?? '',
    };
  } catch (error) {
    return { shown: String((error as { code?: string }).code), stream: null, message: (error as Error).message };
  }
}

interface Case {
  readonly id: string;
  readonly what: string;
  /** Only these; default: all. */
  readonly dialogs?: readonly string[];
  malice(speech: Speech): Malice | Malice[];
  /** What is shown with type `starttls` and with type `network`. */
  readonly starttls: string | RegExp;
  readonly network: string | RegExp;
  /** What else holds. */
  check?(outcome: Outcome, malice: Malice, type: string): void;
}

const refused = 'plain, no process';
const plain = 'plain, open';
const secured = 'tls, open';
const injection = 'NP_STARTTLS_INJECTION';
const broken = /^NP_TLS_(NOT_TLS|HANDSHAKE)$/;
const types = ['starttls', 'network'] as const;

const cases: readonly Case[] = [
  {
    id: 'RS-001',
    what: 'a forged answer behind the consent',
    malice: (s) => ({ after: s.injected }),
    starttls: injection,
    network: injection,
  },
  {
    id: 'RS-001',
    what: 'a forged answer behind a consent of several lines',
    dialogs: ['smtp'],
    malice: (s) => ({ before: '220-INJECTED\r\n', after: s.injected }),
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
    dialogs: ['imap', 'smtp'],
    malice: (s) => ({ before: s.dialog === 'imap' ? '* OK [ALERT] INJECTED\r\n' : '220-INJECTED\r\n' }),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-003',
    what: 'a line before the consent that is the reply then',
    dialogs: ['pop3'],
    malice: () => ({ before: '+ not yet\r\n' }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-004',
    what: 'text in clear after the consent',
    malice: (s) => ({ later: s.injected }),
    starttls: broken,
    network: broken,
  },
  {
    id: 'RS-005',
    what: 'forged answers while the server begins TLS, and silence under it',
    malice: (s) => ({ between: s.injected, secured: null }),
    starttls: broken,
    network: broken,
  },
  {
    id: 'RS-006',
    what: 'STARTTLS taken off the list',
    malice: (s) => ({ capabilities: s.offersNot }),
    starttls: refused,
    network: plain,
  },
  {
    id: 'RS-008',
    what: 'a greeting that has a list without it, while the list asked for has it',
    malice: (s) => ({ greeting: s.greeting.replace('ready', '[CAPABILITY LOGIN] ready') }),
    starttls: secured,
    network: secured,
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
    what: 'a server that knows us already, and one that refuses then',
    malice: (s) => [
      { greeting: s.preauth, reply: s.no[0]! },
      ...(s.dialog === 'imap' ? [{ greeting: s.preauth }] : []),
    ],
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
    what: 'a refusal, of which the text is told, cleaned',
    malice: (s) => [...s.no.slice(0, 3), s.no[0]!.replace('later', 'later \x1b[2J')].map((reply) => ({ reply })),
    starttls: refused,
    network: plain,
    check: ({ message }, { reply }, type) => {
      const text = reply!.trim().replace('\r\n', '\\x0d\\x0a').replace('\x1b', '\\x1b');
      assert.ok(message.startsWith(type === 'starttls' ? `Server does not support TLS: ${text} (` : ''), message);
    },
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
    starttls: broken,
    network: broken,
  },
  {
    id: 'RS-018',
    what: 'another list in clear than under TLS',
    malice: () => ({}),
    starttls: secured,
    network: secured,
  },
  {
    id: 'RS-005 RS-019',
    what: 'no list under TLS: the error tells what came before',
    malice: () => ({ secured: null }),
    starttls: 'NP_NEGOTIATION_TIMEOUT',
    network: 'NP_NEGOTIATION_TIMEOUT',
    check: ({ message }) => {
      assert.match(message, /\(capabilities under TLS\) did not come .*; nothing came; before: greeting “.*ready\\x0d/);
      // Those in clear count no more.
      assert.doesNotMatch(message, /LOGIN-IN-CLEAR/);
    },
  },
  {
    id: 'RS-020',
    what: 'silence in each phase, which is named',
    malice: () => [{ greeting: null }, { capabilities: null }, { reply: null }],
    starttls: 'NP_NEGOTIATION_TIMEOUT',
    network: 'NP_NEGOTIATION_TIMEOUT',
    check: ({ message }, malice) => {
      const phase = 'greeting' in malice ? 'greeting' : 'capabilities' in malice ? 'capabilities' : 'STARTTLS';
      assert.ok(message.includes(`The answer (${phase}) did not come within 300 ms; nothing came`), message);
      if (phase === 'STARTTLS') assert.match(message, /; before: greeting “.*ready.*”, capabilities “.*LOGIN-IN-CLEAR/);
    },
  },
  {
    id: 'RS-021',
    what: 'a pointer to another host, which is shown and not followed',
    malice: (s) => ({ greeting: s.greeting.replace('ready', '[REFERRAL imap://evil.invalid/]') }),
    starttls: secured,
    network: secured,
    check: ({ stream }, { greeting }) => assert.equal(stream!.greeting, greeting),
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
    what: 'a certificate that is no good, and what is wrong with it is told',
    malice: () => ['expired', 'selfsigned', 'otherhost'].map((certificate) => ({ certificate })),
    starttls: refused,
    network: refused,
    check: ({ message }, { certificate }) => {
      const problems: Record<string, RegExp> = {
        expired: /:expired/,
        selfsigned: /:self-signed/,
        otherhost: /:no-host-match/,
      };
      assert.match(message, problems[certificate!]!);
    },
  },
];

/** What a process shows and keeps. */
function heardBy(core: NetworkProcesses, stream: OpenedStream | null): { text: string; log: string } {
  const text = core.getBuffer('*c*')?.fullText() ?? '';
  const log = stream?.process?.byteLog.entries.map(({ bytes }) => Buffer.from(bytes).toString()).join('') ?? '';
  return { text, log };
}

function cleanUp(core: NetworkProcesses, server: HostileServer): void {
  for (const process of core.processList()) core.deleteProcess(process);
  if (core.getBuffer('*c*')) core.killBuffer('*c*');
  server.close();
}

describe('STARTTLS with hostile servers', function () {
  this.timeout(20_000);
  for (const { id, what, dialogs: those, malice, check, ...expected } of cases) {
    for (const speech of speeches.filter(({ dialog }) => those?.includes(dialog) ?? true)) {
      it(
        `${id} ${what} (${speech.dialog})`,
        withCore(async (core) => {
          trustOurs(core);
          // Only silence is waited out.
          const isSilent = String(expected.starttls).includes('TIMEOUT');
          core.options.handshakeTimeoutMs = isSilent ? 400 : 10_000;
          core.options.negotiationTimeoutMs = isSilent ? 300 : 10_000;
          for (const type of types) {
            for (const one of [malice(speech)].flat()) {
              const server = await hostileServer(speech, one);
              const outcome = await attempt(core, server, type, { dialog: speech.dialog });
              const { shown, stream, message } = outcome;
              await pause(5);
              const wanted = expected[type];
              if (typeof wanted === 'string') assert.equal(shown, wanted, `${JSON.stringify(one)} ${message}`);
              else assert.match(shown, wanted, JSON.stringify(one));
              assert.equal(server.connections(), 1, 'one connection only');
              assert.ok(!server.clear().includes('SECRET'), 'a secret went in clear');
              assert.doesNotMatch(message, /[\0-\x1f\x7f-\x9f]/);
              if (!stream?.process) await until('the server sees the end', () => server.ended() === 1);
              if (shown === secured) {
                await until('the secret is there', () => server.secret().includes('SECRET'));
                assert.equal(stream!.capabilities, speech.secured);
              } else if (!('secured' in one))
                assert.equal(server.secret(), '', 'nothing is said under TLS before it is judged');
              const { text, log } = heardBy(core, stream);
              assert.ok(
                !/INJECTED/.test(`${text}${log}${JSON.stringify({ ...stream, process: null })}`),
                'injected text got through',
              );
              if (shown === secured) assert.ok(!text.includes('LOGIN-IN-CLEAR'));
              if (shown === plain) assert.equal(stream!.process!.encryption, 'none');
              if (shown === refused && id !== 'RS-027') assert.match(message, /^Server does not support TLS/);
              check?.(outcome, one, type);
              cleanUp(core, server);
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

  /** Sends a secret while it negotiates: with the question what the server can do. */
  function sending(
    core: NetworkProcesses,
    dialog: string,
  ): { given: Record<string, unknown>; sent: Promise<unknown>[] } {
    const sent: Promise<unknown>[] = [];
    const question = dialogs.get(dialog)!.dialog.capabilityCommand(null, 'localhost');
    const capabilityCommand = (): Uint8Array => {
      // Under TLS it is asked again.
      if (sent.length === 0) sent.push(codeOf(core.processSendString(core.processList()[0]!, 'SECRET')));
      return question!;
    };
    return { given: { dialog, capabilityCommand }, sent };
  }

  it(
    'RS-020 RS-022 RS-024 an answer has 30 seconds and 1 MiB',
    withCore((core) => {
      const { negotiationTimeoutMs, negotiationBytes } = core.options;
      assert.deepEqual([negotiationTimeoutMs, negotiationBytes], [30_000, 1 << 20]);
      return Promise.resolve();
    }),
  );

  for (const speech of speeches) {
    const { dialog } = speech;

    it(
      `RS-007 who wants a warning is asked, and nobody to ask means no (${dialog})`,
      withCore(async (core) => {
        for (const malice of [{ capabilities: speech.offersNot }, { reply: speech.no[0]! }]) {
          const server = await hostileServer(speech, malice);
          const { given, sent } = sending(core, dialog);
          const parameters = { ...given, warnUnlessEncrypted: true };
          const { shown, message } = await attempt(core, server, 'network', parameters);
          assert.equal(shown, refused);
          assert.match(message, /:unencrypted/);
          assert.notEqual(await sent[0], 'no error');
          await until('the server sees the end', () => server.ended() === 1);
          assert.ok(!server.clear().includes('SECRET'));
          const asked: string[] = [];
          core.options.trustQuestion = ({ problems }) => {
            asked.push(...problems.map(({ name }) => name));
            assert.ok(!server.clear().includes('SECRET'), 'it waits for the answer');
            return 'session';
          };
          const again = await attempt(core, server, 'network', parameters);
          assert.deepEqual([again.shown, again.stream?.process?.encryption, asked], [plain, 'none', [':unencrypted']]);
          // It is not asked twice.
          assert.equal((await attempt(core, server, 'network', parameters)).shown, plain);
          assert.equal(asked.length, 1);
          core.options.trustQuestion = null;
          cleanUp(core, server);
        }
      }),
    );

    it(
      `RS-023 a greeting of 100 kB in single bytes is taken (${dialog})`,
      withCore(async (core) => {
        trustOurs(core);
        const greeting = speech.greeting.replace('ready', 'x'.repeat(100_000));
        const server = await hostileServer(speech, { greeting, bytewise: true });
        const patterns =
          dialog === 'imap' ? { endOfCommand: '^(\\*|2) [A-Z]+ .*\r\n', endOfCapability: '^1 .*\r\n' } : {};
        const { shown, stream } = await attempt(core, server, 'network', { dialog, ...patterns });
        assert.deepEqual([shown, stream?.greeting], [secured, greeting]);
        cleanUp(core, server);
      }),
    );

    for (const type of types) {
      it(
        `RS-013 a pattern for a consent that fits a refusal ends with the handshake's time (${dialog}, ${type})`,
        withCore(async (core) => {
          core.options.handshakeTimeoutMs = 200;
          const success = { imap: ' OK ', smtp: '^2.*\n', pop3: '\\+OK' }[dialog];
          const server = await hostileServer(speech, { reply: speech.no[3]! });
          const { shown } = await attempt(core, server, type, { dialog, success });
          assert.deepEqual([shown, server.connections()], ['NP_TLS_TIMEOUT', 1]);
          await until('the server sees the end', () => server.ended() === 1);
          cleanUp(core, server);
        }),
      );

      it(
        `RS-015 RS-020 a server that hangs is given up at once when it is cancelled (${dialog}, ${type})`,
        withCore(async (core) => {
          const hanging: [Malice, (clear: string) => boolean][] = [
            [{ greeting: null }, () => true],
            [{ capabilities: null }, (clear) => speech.ask.test(clear)],
            [{ reply: null }, (clear) => /STARTTLS|STLS/.test(clear)],
            [{ then: 'silence' }, (clear) => /STARTTLS|STLS/.test(clear)],
          ];
          for (const [malice, isThere] of hanging) {
            const server = await hostileServer(speech, malice);
            const controller = new AbortController();
            const parameters = { type, dialog, returnList: true as const };
            const opening = core.openNetworkStream('c', null, 'localhost', server.port, parameters, controller);
            await until('it hangs', () => server.connections() === 1 && isThere(server.clear()));
            await pause(30);
            const before = performance.now();
            controller.abort();
            assert.equal(await codeOf(opening), 'NP_CANCELLED');
            assert.ok(performance.now() - before < 1_000);
            assert.deepEqual(core.processList(), []);
            await until('the server sees the end', () => server.ended() === 1);
            server.close();
          }
        }),
      );

      it(
        `RS-017 an upgrade that was broken leads to no second connection (${dialog}, ${type})`,
        withCore(async (core) => {
          const server = await hostileServer(speech, [{ then: 'reset' }, { capabilities: speech.offersNot }]);
          assert.match((await attempt(core, server, type, { dialog })).shown, broken);
          await pause(100);
          assert.equal(server.connections(), 1);
          cleanUp(core, server);
        }),
      );

      it(
        `RS-025 a server whose lines end otherwise times out, and the error shows the last 200 bytes (${dialog}, ${type})`,
        withCore(async (core) => {
          core.options.negotiationTimeoutMs = 300;
          const server = await hostileServer(speech, { greeting: `${speech.greeting.trim()}y${'x'.repeat(199)}\n` });
          const { shown, message } = await attempt(core, server, type, { dialog, endOfCommand: '\r\n' });
          assert.equal(shown, 'NP_NEGOTIATION_TIMEOUT');
          assert.match(message, /\(greeting\).*“x{199}\\x0a”/);
          cleanUp(core, server);
        }),
      );

      it(
        `RS-027 a certificate of an authority that nobody knows is refused (${dialog}, ${type})`,
        withCore(async (core) => {
          core.options.trustFiles = [fileOf('selfsigned.pem')];
          const server = await hostileServer(speech, {});
          const { shown, message } = await attempt(core, server, type, { dialog });
          assert.equal(shown, refused);
          assert.match(message, /:unknown-ca/);
          assert.equal(server.secret(), '');
          cleanUp(core, server);
        }),
      );

      it(
        `RS-028 what is sent while it is not encrypted waits for it, and is lost if it never is (${dialog}, ${type})`,
        withCore(async (core) => {
          trustOurs(core);
          core.options.negotiationTimeoutMs = 300;
          const never = await hostileServer(speech, { reply: null });
          const { given, sent } = sending(core, dialog);
          assert.equal((await attempt(core, never, type, given)).shown, 'NP_NEGOTIATION_TIMEOUT');
          assert.match(String(await sent[0]), /^NP_(SEND_LOST|NOT_RUNNING)$/);
          await until('the server sees the end', () => never.ended() === 1);
          assert.ok(!never.clear().includes('SECRET'));
          cleanUp(core, never);

          core.options.negotiationTimeoutMs = 10_000;
          const server = await hostileServer(speech, {});
          const second = sending(core, dialog);
          assert.equal((await attempt(core, server, type, second.given)).shown, secured);
          assert.equal(await second.sent[0], 'no error');
          // This one, and what is sent by who has got the process.
          await until('it is there', () => server.secret().includes('SECRETSECRET'));
          assert.ok(!server.clear().includes('SECRET'));
          cleanUp(core, server);
        }),
      );
    }
  }

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
