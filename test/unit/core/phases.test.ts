/** Whatever a peer does or leaves undone: every phase ends in time, at once when given up, and nothing is left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import type { NetworkProcess, OpenedStream, TrustQuestion } from '../../../src/core';
import { cannotRun } from '../../support/cannotRun';
import { dialogs } from '../../../src/core/stream/dialogs';
import { Pattern } from '../../../src/core/stream/patterns';
import { hostileServer, speeches } from './hostile';
import { codeOf, pause, plainServer, until, withCore } from './support';
import { tlsServer, trustOurs } from './tlsSupport';

const huge = 'x'.repeat(64 * 1024 * 1024);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('hostile text', () => {
  const tokens = [
    '\n',
    '\r\n',
    ' ',
    ' CAP a LS ',
    'CAP a LS ',
    ':a CAP a LS tl',
    '<proceed',
    '<stream:features',
    '</failure',
  ];
  tokens.push('* CAPABILITY ', '250-STARTTLS ', '250 ', ' AUTH ', 'AUTH TL', '"STARTTLS', '2 O', '1 ', 'a', '\0', '0');
  for (const [name, { dialog }] of dialogs) {
    it(`${name} looks at a mebibyte of it at once`, () => {
      const began = performance.now();
      for (const token of tokens) {
        const text = Buffer.from(token.repeat(Math.ceil((1024 * 1024) / token.length)), 'latin1');
        dialog.greeting?.(text, 0);
        dialog.capabilities?.(text, 0);
        dialog.starttlsReply?.(text, 0);
        dialog.starttlsCommand(text, text);
        dialog.isConsent(text);
      }
      assert.ok(performance.now() - began < 4_000);
    });
  }

  it('lines that were looked at are not looked at again', () => {
    const find = dialogs.get('smtp')!.dialog.capabilities!;
    const line = Buffer.from('250-x\r\n');
    const text = Buffer.concat([...Array.from({ length: 100_000 }, () => line), Buffer.from('250 x\r\n')]);
    const timeOf = (what: () => void): number => {
      const began = performance.now();
      what();
      return performance.now() - began;
    };
    const whole = Math.min(...[1, 2, 3].map(() => timeOf(() => find(text, 0))));
    const rest = timeOf(() => {
      for (let n = 0; n < 1_000; n++) assert.equal(find(text, text.length - 9), text.length);
    });
    assert.ok(rest < 200 * whole, `${rest} ms for 1,000 looks at the end, ${whole} ms for one at all`);
    // The end came with a line's own last byte.
    assert.equal(find(text, text.length - 1), text.length);
    assert.equal(find(text, 0), text.length);
  });

  for (const name of ['smtp', 'imap', 'pop3', 'managesieve']) {
    it(`RS-023 ${name} looks at twice as much that drips in with twice the work`, () => {
      const { greeting } = dialogs.get(name)!.dialog;
      const workOf = (size: number): number => {
        let examined = 0;
        const all = Buffer.from(`${'x'.repeat(size)}\r\n`);
        for (let n = 1; n <= all.length; n++) {
          const heard = all.subarray(0, n);
          // Each look is at what these go through.
          Object.assign(heard, {
            indexOf: (value: number, from: number): number => {
              const at = Buffer.prototype.indexOf.call(heard, value, from);
              examined += (at < 0 ? n : at) - from;
              return at;
            },
            lastIndexOf: (value: number, from: number): number => {
              const at = Buffer.prototype.lastIndexOf.call(heard, value, from);
              examined += from - at;
              return at;
            },
            toString: (coding: BufferEncoding, from = 0, to = n): string => {
              examined += Math.min(to, n) - from;
              return Buffer.prototype.toString.call(heard, coding, from, to);
            },
          });
          greeting!(heard, n - 1);
        }
        return examined;
      };
      const [once, twice] = [workOf(5_000), workOf(10_000)];
      assert.ok(once > 5_000 && twice < 2.1 * once, `${once}, then ${twice}`);
    });
  }

  it('a reply of several lines goes on until its code comes with a space', () => {
    for (const [name, code] of [
      ['smtp', '220'],
      ['lmtp', '220'],
      ['ftp', '234'],
    ] as const) {
      const { starttlsReply, isConsent } = dialogs.get(name)!.dialog;
      const whole = `${code}-first\r\n${code}-second\r\n${code} go\r\n`;
      for (const [said, reply, consents] of [
        [`${whole}INJECTED\r\n`, whole, true],
        [`${code}\r\n`, `${code}\r\n`, true],
        [`${code}-first\r\n500 users\r\n${code} go\r\n`, `${code}-first\r\n500 users\r\n${code} go\r\n`, true],
        [`${code}-first\r\n`, null, false],
        [`${code}1 go\r\n`, null, false],
        [`454-first\r\n454-${code} go\r\n454 no\r\n`, `454-first\r\n454-${code} go\r\n454 no\r\n`, false],
      ] as const) {
        const end = starttlsReply!(Buffer.from(said), 0);
        assert.equal(end === null ? null : said.slice(0, end), reply);
        assert.equal(isConsent(Buffer.from(reply ?? said)), consents, said);
      }
    }
  });

  it(
    'a slow pattern on what drips in leaves most of the time to others',
    withCore(async (core) => {
      core.options.patternTimeoutMs = 10_000;
      const server = await plainServer((socket) => {
        socket.write('a'.repeat(10_000));
        const timer = setInterval(() => socket.write('a'), 5);
        socket.once('close', () => clearInterval(timer));
      });
      const parameters = { endOfCommand: 'a*b', success: '^b', capabilityCommand: 'x' };
      const opening = core.openNetworkStream('c', null, '127.0.0.1', server.port, parameters);
      const before = performance.eventLoopUtilization();
      await pause(2_000);
      const { utilization } = performance.eventLoopUtilization(before);
      core.deleteProcess(core.processList()[0]!);
      assert.equal(await codeOf(opening), 'NP_CANCELLED');
      server.close();
      assert.ok(utilization < 0.6, `busy ${utilization}`);
    }),
  );
});

describe('patterns', () => {
  it('find a line of any length, wherever it was looked at before', () => {
    const line = new Pattern('^\\* .*\r\n', 'endOfCommand', () => 250);
    const text = Buffer.from(`first\r\n* ${'x'.repeat(200_000)}\r\nlast`);
    for (const searched of [0, 7, 65_536, 65_544, 100_000, 200_008]) {
      assert.equal(line.endOfMatch(text, searched), text.length - 4, String(searched));
    }
    assert.equal(line.endOfMatch(Buffer.from(`* a\r\n${'y\r\n'.repeat(40_000)}`), 110_000), null);
  });
});

describe('phases', () => {
  it(
    'a command is not waited for longer than an answer, when nobody reads it',
    withCore(async (core) => {
      const server = await plainServer((socket) => void socket.pause().write('hi\n'));
      const parameters = { type: 'starttls', endOfCommand: '\n', success: 'x', capabilityCommand: huge };
      const open = (signal?: AbortSignal): Promise<unknown> =>
        core.openNetworkStream('c', null, '127.0.0.1', server.port, parameters, signal && { signal });
      core.options.negotiationTimeoutMs = 200;
      assert.equal(await codeOf(open()), 'NP_NEGOTIATION_TIMEOUT');
      core.options.negotiationTimeoutMs = 30_000;
      assert.equal(await codeOf(open(AbortSignal.timeout(200))), 'NP_CANCELLED');
      assert.deepEqual(core.processList(), []);
      server.close();
    }),
  );

  it(
    'looking for a client certificate can be given up',
    withCore(async (core) => {
      trustOurs(core);
      core.options.clientCertificateFor = () => new Promise(() => undefined);
      const server = await tlsServer({});
      const parameters = { type: 'tls', clientCertificate: true as const };
      const open = (signal?: AbortSignal): Promise<unknown> =>
        core.openNetworkStream('c', null, 'localhost', server.port, parameters, signal && { signal });
      assert.equal(await codeOf(open(AbortSignal.timeout(100))), 'NP_CANCELLED');
      const opening = open();
      await until('it is registered', () => core.processList().length === 1);
      await pause(50);
      core.deleteProcess(core.processList()[0]!);
      assert.equal(await codeOf(opening), 'NP_CANCELLED');
      server.close();
    }),
  );

  it(
    'looking for a client certificate has its time, too',
    withCore(async (core) => {
      trustOurs(core);
      core.options.negotiationTimeoutMs = 100;
      core.options.clientCertificateFor = () => new Promise(() => undefined);
      const server = await tlsServer({});
      const parameters = { type: 'tls', clientCertificate: true as const };
      await assert.rejects(core.openNetworkStream('c', null, 'localhost', server.port, parameters), {
        code: 'NP_NEGOTIATION_TIMEOUT',
        message: /client certificate .* not found within 100 ms/,
      });
      assert.deepEqual(core.processList(), []);
      server.close();
    }),
  );

  it(
    'a process that is deleted while it is encrypted says so at once, and nobody is asked any more',
    withCore(async (core) => {
      core.options.networkSecurityLevel = 'medium';
      const silent = await plainServer(() => undefined);
      const secure = await tlsServer({});
      const spec = { name: 'c', host: 'localhost' };
      const first = (await core.makeNetworkProcess({ ...spec, service: silent.port }))!;
      const shaking = core.gnutlsNegotiate({ process: first });
      await pause(50);
      core.deleteProcess(first);
      assert.equal(await codeOf(shaking), 'NP_NOT_RUNNING');
      let question: TrustQuestion | null = null;
      core.options.trustQuestion = (asked) => {
        question = asked;
        return new Promise(() => undefined);
      };
      const second = (await core.makeNetworkProcess({ ...spec, service: secure.port }))!;
      const judging = core.gnutlsNegotiate({ process: second });
      await until('somebody is asked', () => question);
      core.deleteProcess(second);
      assert.equal(await codeOf(judging), 'NP_NOT_RUNNING');
      assert.ok(question!.signal.aborted);
      silent.close();
      secure.close();
    }),
  );

  it(
    'what has to be sent before a handshake has its time, too',
    withCore(async (core) => {
      core.options.handshakeTimeoutMs = 200;
      const server = await plainServer((socket) => void socket.pause());
      const process = (await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: server.port }))!;
      assert.equal(await codeOf(core.gnutlsNegotiate({ process, reply: huge })), 'NP_TLS_TIMEOUT');
      assert.equal(process.status, 'closed');
      server.close();
    }),
  );

  it(
    'RS-108 a thousand that fail leave no socket, no process and no buffer',
    withCore(async (core) => {
      core.options.negotiationTimeoutMs = 500;
      core.options.handshakeTimeoutMs = 500;
      const smtp = speeches.find(({ dialog }) => dialog === 'smtp')!;
      const servers = [
        await hostileServer(smtp, { after: 'INJECTED' }),
        await hostileServer(smtp, { reply: smtp.no[0]! }),
        await hostileServer(smtp, { then: 'close' }),
        await hostileServer(smtp, { then: 'silence' }),
        await hostileServer(smtp, { greeting: null }),
        await hostileServer(smtp, { certificate: 'selfsigned' }),
      ];
      const descriptors = (): number => readdirSync('/proc/self/fd').length;
      const one = async (n: number): Promise<string> => {
        const kind = n % 8;
        if (kind === 7) {
          const parameters = { type: 'shell', shellCommand: 'exit 1', endOfCommand: 'x' };
          return codeOf(core.openNetworkStream(`c${n}`, null, 'h', 1, parameters));
        }
        const type = kind === 6 ? 'tls' : 'starttls';
        const parameters = { type, dialog: 'smtp' };
        return codeOf(core.openNetworkStream(`c${n}`, null, 'localhost', servers[kind % 6]!.port, parameters));
      };
      const before = descriptors();
      const codes = new Set<string>();
      for (let n = 0; n < 1_000; n += 200) {
        const some = await Promise.all(Array.from({ length: 200 }, (_, i) => one(n + i)));
        for (const code of some) codes.add(code);
      }
      for (const server of servers) server.close();
      await until('the sockets are gone', () => descriptors() - before <= 5);
      assert.deepEqual([core.processList(), core.bufferList()], [[], []]);
      for (const code of ['NP_STARTTLS_INJECTION', 'NP_NEGOTIATION_TIMEOUT', 'NP_TLS_TIMEOUT', 'NP_NEGOTIATION_CLOSED'])
        assert.ok(codes.has(code), `${code} of ${[...codes].join()}`);
    }),
  ).timeout(60_000);

  it(
    'parameters of TLS that are none are refused before anything is made',
    withCore(async (core) => {
      for (const type of ['tls', 'starttls', null, 'plain']) {
        const opened = core.openNetworkStream('p', null, '127.0.0.1', 9, {
          type,
          tlsParameters: 'x509',
          returnList: true,
        });
        await assert.rejects(opened, { message: 'Wrong type argument: listp, "x509"' });
      }
      assert.deepEqual(core.processList(), []);
    }),
  );

  it(
    'a function of the caller that throws is told in its words, also later',
    withCore(async (core) => {
      const server = await plainServer((socket) => void socket.write('hi\n'));
      const told: string[] = [];
      const capabilityCommand = (): string => {
        throw new Error('no idea what to ask');
      };
      const parameters = { nowait: true, type: 'starttls', endOfCommand: '\n', success: 'x', capabilityCommand };
      const opening = core.openNetworkStream('c', null, '127.0.0.1', server.port, parameters);
      const process = (await opening) as NetworkProcess;
      core.setProcessSentinel(process, (_, message) => void told.push(message));
      await until('it has failed', () => process.status === 'failed');
      assert.deepEqual(told, ['failed with no idea what to ask\n']);
      server.close();
    }),
  );

  it(
    'handshakes that fail are told to the log of their server, once a second',
    withCore(async (core) => {
      const told: string[] = [];
      let reports = 0;
      core.onDidReportError(() => (reports += 1));
      const server = (await core.makeNetworkProcess({
        name: 's',
        server: true,
        host: '127.0.0.1',
        service: true,
        tlsParameters: { selfSigned: true },
        log: (_: unknown, client: unknown, message: string) => void told.push(`${String(client)} ${message}`),
      }))!;
      const port = core.processContact(server, 'service') as number;
      const stranger = (): Promise<void> =>
        new Promise((resolve) => {
          const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
          socket.on('close', resolve).end('in clear\r\n\r\n');
        });
      for (let n = 0; n < 20; n++) await stranger();
      assert.equal(reports, 1);
      assert.equal(told.length, 1);
      assert.match(told[0]!, /^null accept from 127\.0\.0\.1:\d+ failed: .*\n$/);
      await pause(1_050);
      await stranger();
      await until('it is told again', () => told.length === 2);
      assert.match(told[1]!, /, 19 more before\n$/);
      assert.equal(server.clients.count, 0);
    }),
  );

  it('what a shell leaves running ends with it, also what has closed its output', async function () {
    if (process.platform === 'win32') cannotRun(this, 'Windows has no groups of processes');
    await withCore(async (core) => {
      const shellCommand = 'sleep 60 >/dev/null 2>&1 </dev/null & echo $!; read line; echo bye';
      const parameters = { type: 'shell', shellCommand, endOfCommand: '\n', returnList: true as const };
      const { process: shell, greeting } = await core.openNetworkStream('c', '*c*', 'h', 1, parameters);
      const child = Number(greeting);
      assert.ok(child > 1 && isRunning(child));
      await core.processSendString(shell!, 'end\n');
      await until('the shell has ended', () => shell!.status === 'exit');
      assert.match(core.getBuffer('*c*')!.fullText(), /bye\n/);
      await until('the child has ended', () => !isRunning(child));
    })();
  });

  it('what a shell leaves writing has time for its last words', async function () {
    if (process.platform === 'win32') cannotRun(this, 'Windows has no groups of processes');
    await withCore(async (core) => {
      const shellCommand = '(sleep 0.2; echo late) & echo early';
      const shell = await core.openNetworkStream('c', '*c*', 'h', 1, { type: 'shell', shellCommand });
      await until('it has ended', () => (shell as NetworkProcess).status === 'exit');
      assert.match(core.getBuffer('*c*')!.fullText(), /^early\nlate\n/);
    })();
  });

  it('all that a shell started ends when the host is killed', async function () {
    if (process.platform === 'win32') cannotRun(this, 'Windows has no groups of processes');
    const script = `
      const core = require(process.argv[1]).createNetworkProcesses();
      const parameters = { type: 'shell', shellCommand: 'sleep 60 & echo $!; wait', endOfCommand: '\\n', returnList: true };
      core.openNetworkStream('c', null, 'h', 1, parameters).then(({ greeting }) => console.log(greeting.trim()));`;
    const program = spawn(process.execPath, ['-e', script, join(process.cwd(), 'dist/core.js')]);
    const [said] = (await once(program.stdout, 'data')) as [Buffer];
    const child = Number(String(said));
    assert.ok(child > 1);
    assert.ok(isRunning(child));
    program.kill('SIGKILL');
    await until('the child has ended', () => !isRunning(child));
  });

  it(
    'a shell that is stopped is told so, and so when it goes on',
    withCore(async (core) => {
      const shellCommand = `trap 'echo stopped' TSTP; trap 'echo going on' CONT; echo ready; while :; do sleep 0.02; done`;
      const parameters = { type: 'shell', shellCommand, endOfCommand: 'ready\n', returnList: true as const };
      const { process } = (await core.openNetworkStream('c', '*c*', 'h', 1, parameters)) as OpenedStream & {
        process: NetworkProcess;
      };
      core.stopProcess(process);
      assert.equal(process.status, 'stop');
      await pause(200);
      assert.equal(core.getBuffer('*c*')!.fullText(), 'ready\n');
      core.continueProcess(process);
      assert.equal(process.status, 'run');
      await until('both were heard', () => /stopped\n[^]*going on\n/.test(core.getBuffer('*c*')!.fullText()));
      core.deleteProcess(process);
    }),
  );
});
