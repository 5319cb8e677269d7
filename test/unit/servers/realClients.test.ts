/** Clients that people use, at servers of ours that are encrypted from the start, or when they are asked. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { needs, Programs, type Program } from '../../support/peers/programs';
import { until, withCore } from '../core/support';
import { fileOf, keyPair } from '../core/tlsSupport';

const host = '127.0.0.1';
const portOf = (core: NetworkProcesses, server: NetworkProcess): number =>
  core.processContact(server, 'service') as number;

/** Programs that are ended after the test, whatever happened. */
function withPrograms(
  needed: string,
  test: (core: NetworkProcesses, programs: Programs) => Promise<void>,
): (this: Mocha.Context) => Promise<void> {
  return async function (this: Mocha.Context) {
    needs(this, needed);
    const programs = new Programs();
    try {
      await withCore((core) => test(core, programs))();
    } finally {
      await programs.endAll();
    }
  };
}

interface Served {
  readonly port: number;
  readonly server: NetworkProcess;
  /** What the log function was told. */
  readonly log: string[];
  readonly errors: string[];
}

/** A server that is encrypted from the start, answers a request of HTTP and ends, and echoes other lines. */
async function encrypted(core: NetworkProcesses): Promise<Served> {
  const log: string[] = [];
  const errors: string[] = [];
  core.onDidReportError(({ error }) => errors.push(String((error as { code?: string }).code)));
  const filter = async (process: NetworkProcess, output: unknown): Promise<void> => {
    const text = String(output);
    if (!text.startsWith('GET ')) return core.processSendString(process, `<${text.trim()}>\n`);
    await core.processSendString(process, 'HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n');
    core.deleteProcess(process);
  };
  const server = (await core.makeNetworkProcess({
    name: 's',
    server: true,
    host,
    service: true,
    tlsParameters: keyPair('good'),
    filter,
    log: (_: unknown, __: unknown, message: string) => void log.push(message.trim()),
  }))!;
  return { port: portOf(core, server), server, log, errors };
}

interface Spoken {
  readonly greeting: string;
  /** The line that asks for TLS, and what consents. */
  readonly start: RegExp;
  readonly consent: (line: string) => string;
  readonly answer: (line: string, isEncrypted: boolean) => string;
}

const tagOf = (line: string): string => line.split(' ')[0]!;

/** Secrets are told under TLS only. */
const spoken: Readonly<Record<string, Spoken>> = {
  smtp: {
    greeting: '220 localhost ESMTP\r\n',
    start: /^STARTTLS$/i,
    consent: () => '220 go\r\n',
    answer: (line, isEncrypted) => {
      if (/^EHLO/i.test(line))
        return isEncrypted ? '250-localhost\r\n250 HELP\r\n' : '250-localhost\r\n250 STARTTLS\r\n';
      if (/^QUIT/i.test(line)) return '221 bye\r\n';
      return isEncrypted ? '214 SECRET\r\n' : '530 no\r\n';
    },
  },
  imap: {
    greeting: '* OK IMAP4rev1 ready\r\n',
    start: /^\S+ STARTTLS$/i,
    consent: (line) => `${tagOf(line)} OK go\r\n`,
    answer: (line, isEncrypted) => {
      const ok = `${tagOf(line)} OK done\r\n`;
      if (/ LOGOUT/i.test(line)) return `* BYE\r\n${ok}`;
      return `* CAPABILITY IMAP4rev1 ${isEncrypted ? 'XSECRET' : 'STARTTLS'}\r\n${ok}`;
    },
  },
  pop3: {
    greeting: '+OK ready\r\n',
    start: /^STLS$/i,
    consent: () => '+OK go\r\n',
    answer: (line, isEncrypted) => {
      if (/^CAPA/i.test(line)) return isEncrypted ? '+OK\r\nUSER\r\n.\r\n' : '+OK\r\nSTLS\r\n.\r\n';
      if (/^LIST/i.test(line)) return isEncrypted ? '+OK\r\n1 SECRET\r\n.\r\n' : '-ERR no\r\n';
      return '+OK\r\n';
    },
  },
  ftp: {
    greeting: '220 files\r\n',
    start: /^AUTH (SSL|TLS)$/i,
    consent: () => '234 go\r\n',
    answer: (line, isEncrypted) => {
      if (/^FEAT/i.test(line)) return '211-Features:\r\n AUTH TLS\r\n211 End\r\n';
      if (!isEncrypted) return '530 no\r\n';
      if (/^USER/i.test(line)) return '331 password\r\n';
      if (/^PASS/i.test(line)) return '230 in\r\n';
      if (/^PWD/i.test(line)) return '257 "/"\r\n';
      if (/^QUIT/i.test(line)) return '221 bye\r\n';
      return '200 SECRET\r\n';
    },
  },
};

/** A server that becomes encrypted when it is asked to. `clear` gets the lines that came before. */
async function upgrading(core: NetworkProcesses, protocol: string): Promise<{ port: number; clear: string[] }> {
  const { greeting, start, consent, answer } = spoken[protocol]!;
  const clear: string[] = [];
  const filter = async (process: NetworkProcess, output: unknown): Promise<void> => {
    const rest = `${String(core.processGet(process, 'rest') ?? '')}${String(output)}`.split('\r\n');
    core.processPut(process, 'rest', rest.pop());
    for (const line of rest) {
      const isEncrypted = core.gnutlsPeerStatus(process) !== null;
      if (!isEncrypted) clear.push(line);
      if (!isEncrypted && start.test(line)) {
        await core.gnutlsNegotiate({ process, reply: consent(line), ...keyPair('good') });
        return;
      }
      await core.processSendString(process, answer(line, isEncrypted));
    }
  };
  const log = (_: unknown, client: NetworkProcess | null): unknown =>
    client && core.processSendString(client, greeting);
  const server = (await core.makeNetworkProcess({ name: 's', server: true, host, service: true, filter, log }))!;
  return { port: portOf(core, server), clear };
}

async function ended(program: Program): Promise<string> {
  const code = await program.waitEnd();
  assert.equal(code, 0, `${program.output}\n${program.complaints}`);
  return program.output;
}

const authority = (): string => fileOf('ca.pem');

function emacs(programs: Programs, form: string): Program {
  const settings = `(setq gnutls-trustfiles (list "${authority()}") nsm-settings-file "${fileOf('nsm')}" nsm-noninteractive t)`;
  return programs.start(
    'emacs',
    '-Q',
    '--batch',
    '--eval',
    `(progn (require 'gnutls) (require 'nsm) ${settings} ${form})`,
  );
}

describe('real clients at our TLS server', () => {
  it(
    'curl trusts it and gets an answer, and refuses it without the authority',
    withPrograms('curl', async (core, programs) => {
      const { port, log, errors } = await encrypted(core);
      const url = `https://localhost:${port}/`;
      assert.equal(await ended(programs.start('curl', '-sS', '--cacert', authority(), url)), 'hello\n');
      assert.deepEqual(log, [`accept from ${host}`]);
      assert.equal(await programs.start('curl', '-sS', url).waitEnd(), 60);
      await until('it is reported', () => errors.includes('NP_TLS_HANDSHAKE') && log.length > 1);
      assert.match(log[1]!, /^accept from 127\.0\.0\.1:\d+ failed: .*unknown ca”$/);
      assert.equal(await ended(programs.start('curl', '-sS', '--cacert', authority(), url)), 'hello\n');
    }),
  );

  for (const version of ['-tls1_2', '-tls1_3']) {
    it(
      `openssl s_client ${version} is echoed, and sees a proper end`,
      withPrograms('openssl', async (core, programs) => {
        const { port } = await encrypted(core);
        const trusting = [
          '-CAfile',
          authority(),
          '-verify_return_error',
          '-verify_hostname',
          'localhost',
          '-nocommands',
        ];
        const args = ['s_client', '-connect', `${host}:${port}`, version, ...trusting, '-msg'];
        const client = programs.start('openssl', ...args);
        client.write('hi\n');
        await client.waitOutput('<hi>');
        assert.match(client.output, /Verify return code: 0 \(ok\)/);
        for (const { name } of core.processList()) if (name !== 's') core.deleteProcess(name);
        // A notice of the end, and no cut.
        await client.waitOutput(/<<<.*Alert.*close_notify/);
        await client.waitEnd();
      }),
    );
  }

  for (const version of ['-tls1_2', '-tls1_3']) {
    it(
      `RS-058 openssl s_client ${version} gets all of what is said and ended at once, and a proper end`,
      withPrograms('openssl', async (core, programs) => {
        const sentinel = (process: NetworkProcess, message: string): void => {
          if (!message.startsWith('open')) return;
          // Not waited for: that it was taken is not known then, but it goes.
          core.processSendString(process, 'SHORT AND ALL\n').catch(() => undefined);
          core.deleteProcess(process);
        };
        const spec = { name: 's', server: true, host, service: true, tlsParameters: keyPair('good'), sentinel };
        const server = (await core.makeNetworkProcess(spec))!;
        const args = ['-connect', `${host}:${portOf(core, server)}`, version, '-CAfile', authority(), '-msg'];
        const client = programs.start('openssl', 's_client', ...args);
        await client.waitOutput(/<<<.*Alert.*close_notify/);
        await client.waitEnd();
        assert.match(client.output, /^SHORT AND ALL$/m);
      }),
    );
  }

  it(
    'gnutls-cli is echoed',
    withPrograms('gnutls-cli', async (core, programs) => {
      const { port } = await encrypted(core);
      const client = programs.start('gnutls-cli', '--x509cafile', authority(), '-p', String(port), 'localhost');
      await client.waitOutput('Handshake was completed');
      client.write('hi\n');
      await client.waitOutput('<hi>');
      client.endInput();
      await ended(client);
    }),
  );

  it(
    'Emacs is echoed',
    withPrograms('emacs', async (core, programs) => {
      const { port } = await encrypted(core);
      const client = emacs(
        programs,
        `(let ((p (open-network-stream "c" (get-buffer-create "b") "localhost" ${port} :type 'tls)))
           (process-send-string p "hi\\n")
           (accept-process-output p 5)
           (princ (with-current-buffer "b" (buffer-string))))`,
      );
      assert.match(await ended(client), /^<hi>\n/);
    }),
  );

  it(
    'who talks in clear, half a handshake or nothing leaves no process, and others are let in',
    withCore(async (core) => {
      core.options.handshakeTimeoutMs = 1_500;
      const { port, server, log, errors } = await encrypted(core);
      const sockets: Socket[] = [];
      const say = (bytes: string | Buffer): Socket => {
        const socket = connect(port, host, () => socket.write(bytes));
        sockets.push(socket.on('error', () => undefined).resume());
        return socket;
      };
      say('GET / HTTP/1.0\r\n\r\n');
      await until('clear text is reported', () => errors.includes('NP_TLS_NOT_TLS'));
      // As a scan of ports: it connects, and is gone. How many get as far as a handshake depends on how quick they are.
      for (let i = 0; i < 20; i++) {
        const scan = connect(port, host, () => (i % 2 === 0 ? scan.destroy() : scan.resetAndDestroy()));
        sockets.push(scan.on('error', () => undefined));
      }
      await until('the sockets are gone', () => sockets.every(({ closed }) => closed));
      // The head of a record with a ClientHello of 512 bytes, and a few of them. Failures are told once a second.
      say(Buffer.from('1603010200010001fc0303', 'hex'));
      await until('half a handshake is reported', () => errors.includes('NP_TLS_TIMEOUT'));
      const accepted = (): string[] => log.filter((message) => message === `accept from ${host}`);
      assert.deepEqual([core.processList(), accepted()], [[server], []]);
      const client = (await core.makeNetworkProcess({
        name: 'c',
        host: 'localhost',
        service: port,
        tlsParameters: { trustfiles: [authority()] },
      }))!;
      await until('it is told', () => accepted().length > 0);
      assert.deepEqual(accepted(), [`accept from ${host}`]);
      core.deleteProcess(client);
    }),
  );
});

const byCurl: Readonly<Record<string, readonly [args: string[], path: string, shown: RegExp]>> = {
  smtp: [['-X', 'HELP'], '', /SECRET/],
  imap: [['-X', 'CAPABILITY'], '', /XSECRET/],
  pop3: [['-l', '-u', 'user:word'], '', /SECRET/],
  ftp: [['-v', '-I', '-Q', 'NOOP', '-u', 'user:word'], '', /SECRET/],
};

describe('real clients at our STARTTLS server', () => {
  for (const [protocol, [args, path, shown]] of Object.entries(byCurl)) {
    it(
      `curl speaks ${protocol} under TLS`,
      withPrograms('curl', async (core, programs) => {
        const { port, clear } = await upgrading(core, protocol);
        const url = `${protocol}://localhost:${port}/${path}`;
        const client = programs.start('curl', '-sS', '--ssl-reqd', '--cacert', authority(), ...args, url);
        await ended(client);
        assert.match(client.output + client.complaints, shown);
        assert.match(clear.at(-1)!, spoken[protocol]!.start);
        assert.doesNotMatch(clear.join(), /USER|PASS|HELP|LIST/);
      }),
    );
  }

  const asked: Readonly<Record<string, readonly [text: string, shown: RegExp]>> = {
    smtp: ['HELP\r\n', /SECRET/],
    imap: ['x CAPABILITY\r\n', /XSECRET/],
    pop3: ['LIST\r\n', /SECRET/],
    ftp: ['NOOP\r\n', /SECRET/],
  };
  for (const [protocol, [text, shown]] of Object.entries(asked)) {
    it(
      `openssl s_client -starttls ${protocol} is answered under TLS`,
      withPrograms('openssl', async (core, programs) => {
        const { port } = await upgrading(core, protocol);
        const trusting = ['-CAfile', authority(), '-verify_return_error', '-verify_hostname', 'localhost'];
        const args = ['s_client', '-connect', `${host}:${port}`, '-starttls', protocol, '-quiet', ...trusting];
        const client = programs.start('openssl', ...args);
        client.write(text);
        await client.waitOutput(shown);
      }),
    );

    it(
      `gnutls-cli --starttls-proto=${protocol} is answered under TLS`,
      withPrograms('gnutls-cli', async (core, programs) => {
        const { port } = await upgrading(core, protocol);
        const options = [`--starttls-proto=${protocol}`, '--x509cafile', authority(), '--crlf', '-p', String(port)];
        const client = programs.start('gnutls-cli', ...options, 'localhost');
        await client.waitOutput('Handshake was completed');
        client.write(text.replace('\r', ''));
        await client.waitOutput(shown);
      }),
    );
  }

  it(
    'Emacs speaks imap under TLS',
    withPrograms('emacs', async (core, programs) => {
      const { port, clear } = await upgrading(core, 'imap');
      const client = emacs(
        programs,
        `(let ((l (open-network-stream "c" (get-buffer-create "b") "localhost" ${port} :type 'starttls :return-list t
                    :end-of-command "\\r\\n" :end-of-capability "^1 .*\\r\\n" :capability-command "1 CAPABILITY\\r\\n"
                    :success "^2 OK"
                    :starttls-function (lambda (c) (and (string-match "STARTTLS" c) "2 STARTTLS\\r\\n")))))
           (princ (plist-get (cdr l) :type))
           (princ (plist-get (cdr l) :capabilities)))`,
      );
      assert.match(await ended(client), /^tls\* CAPABILITY IMAP4rev1 XSECRET/);
      assert.deepEqual(clear, ['1 CAPABILITY', '2 STARTTLS']);
    }),
  );
});
