import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';
import type { NetworkProcesses, OpenedStream } from '../../../src/core';
import { hostileServer, speeches, type Malice, type Speech } from '../core/hostile';
import { codeOf, pause, plainServer, until } from '../core/support';
import { fileOf, tlsServer, trustOurs } from '../core/tlsSupport';
import { host, row, signalOf } from './row';

const smtp = speeches.find(({ dialog }) => dialog === 'smtp') as Speech;

/** Emacs' keywords for SMTP. */
const mail = {
  endOfCommand: '^[0-9]+ .*\r\n',
  success: '^220 ',
  capabilityCommand: 'EHLO localhost\r\n',
  starttlsFunction: (capabilities: string | null) => (/STARTTLS/.test(capabilities ?? '') ? 'STARTTLS\r\n' : null),
};

/** Opens a stream to a server of SMTP that does as it is told. */
async function open(
  core: NetworkProcesses,
  more: Record<string, unknown>,
  malice: Malice = {},
): Promise<OpenedStream & { server: Awaited<ReturnType<typeof hostileServer>> }> {
  trustOurs(core);
  const server = await hostileServer(smtp, malice);
  try {
    const stream = await core.openNetworkStream('c', '*c*', 'localhost', server.port, {
      ...mail,
      ...more,
      returnList: true,
    });
    return { ...stream, server };
  } finally {
    setTimeout(server.close, 500).unref();
  }
}

describe('checklist: openNetworkStream', () => {
  row('ONS-01', 'without further wishes it is the process alone, and nothing is waited for', async (core) => {
    const server = await plainServer(() => undefined);
    for (const parameters of [{}, { type: 'plain', ...mail }, { type: 'network', success: '^220' }]) {
      const process = (await core.openNetworkStream('c', '*c*', host, server.port, parameters)) as { status: string };
      assert.equal(process.status, 'open');
    }
    server.close();
  });

  row('ONS-02', 'types are checked', async (core) => {
    const server = await plainServer((socket) => socket.write('220 hi\r\n'));
    for (const type of [null, 'network', 'plain', Symbol.for('plain')]) {
      assert.ok(await core.openNetworkStream('c', null, host, server.port, { type }));
    }
    for (const type of ['tls', 'ssl']) {
      assert.equal(await codeOf(core.openNetworkStream('c', null, host, server.port, { type })), 'NP_TLS_NOT_TLS');
    }
    assert.deepEqual(await signalOf(() => core.openNetworkStream('c', null, host, 1, { type: 'pigeon' })), [
      'error',
      'Invalid connection type pigeon',
    ]);
    server.close();
  });

  row('ONS-03', 'the result has process, greeting, capabilities, type and error', async (core) => {
    const { server: _, process, ...rest } = await open(core, { type: 'starttls' });
    assert.equal(process?.status, 'open');
    assert.deepEqual(rest, { greeting: smtp.greeting, capabilities: smtp.secured, type: 'tls', error: null });
  });

  row('ONS-04', 'the greeting is read to the end of a command, or left', async (core) => {
    assert.equal((await open(core, { type: 'plain' })).greeting, smtp.greeting);
    const { greeting, capabilities } = await open(core, { nogreeting: true }, { capabilities: smtp.offersNot });
    assert.equal(greeting, null);
    assert.match(capabilities!, /^2/);
  });

  row('ONS-05', 'capabilities are asked for by a text or a function of the greeting', async (core) => {
    const asked: unknown[] = [];
    const capabilityCommand = (greeting: string | null): string => {
      asked.push(greeting);
      return 'EHLO localhost\r\n';
    };
    const { capabilities } = await open(core, { capabilityCommand }, { capabilities: smtp.offersNot });
    assert.deepEqual([asked, capabilities], [[smtp.greeting], smtp.offersNot]);
    const none = await open(core, { capabilityCommand: () => null });
    assert.deepEqual([none.capabilities, none.type], [null, 'plain']);
    const first = await open(core, { endOfCapability: '^250-.*\r\n' }, { capabilities: smtp.offersNot });
    assert.equal(first.capabilities, '250-mail\r\n');
  });

  row('ONS-06', 'TLS is decided from the capabilities', async (core) => {
    const told: unknown[] = [];
    const starttlsFunction = (capabilities: string | null): null => {
      told.push(capabilities);
      return null;
    };
    assert.equal((await open(core, { starttlsFunction })).type, 'plain');
    assert.deepEqual(told, [smtp.offers]);
    const thrown = (): never => {
      throw new Error('a bad function');
    };
    await assert.rejects(open(core, { starttlsFunction: thrown }), /a bad function/);
    assert.equal(core.processList().filter(({ status }) => status === 'connect').length, 0);
  });

  row('ONS-07', 'TLS starts only when the server agreed', async (core) => {
    const { type, server } = await open(core, { success: '^299 ' });
    assert.equal(type, 'plain');
    assert.match(server.clear(), /STARTTLS\r\n$/);
  });

  row('ONS-08', 'after an upgrade capabilities are asked again, the greeting stays', async (core) => {
    const { type, greeting, capabilities, server } = await open(core, {});
    assert.deepEqual([type, greeting, capabilities], ['tls', smtp.greeting, smtp.secured]);
    assert.equal(server.secret(), 'EHLO localhost\r\n');
    assert.equal(core.getBuffer('*c*')!.fullText(), smtp.secured);
  });

  row('ONS-09', 'a server without TLS stays plain with type network', async (core) => {
    const lacks = await open(core, { type: 'network' }, { capabilities: smtp.offersNot });
    const refuses = await open(core, {}, { reply: smtp.no[0]! });
    for (const { process, type, error } of [lacks, refuses]) {
      assert.deepEqual([process?.status, type, error], ['open', 'plain', null]);
    }
  });

  row(
    'ONS-10',
    'a handshake that fails is an error with type network, too, and nothing goes in clear',
    async (core) => {
      const [condition, text] = await signalOf(() => open(core, {}, { then: 'close' }));
      assert.equal(condition, 'error');
      assert.match(String(text), /^Unable to negotiate a TLS connection with localhost\/\d+$/);
      assert.deepEqual(core.processList(), []);
    },
  );

  row('ONS-11', 'TLS that is required and missing is an error in the result', async (core) => {
    const { process, type, error } = await open(core, { type: 'starttls' }, { capabilities: smtp.offersNot });
    assert.deepEqual(
      [process, type, error],
      [null, 'plain', 'Server does not support TLS (localhost:PORT)'.replace('PORT', error!.match(/\d+/)![0])],
    );
    assert.deepEqual(core.processList(), []);
  });

  row('ONS-12', 'with tls the handshake comes before the greeting, and a refusal gives no process', async (core) => {
    trustOurs(core);
    const talk = (socket: TLSSocket): void => {
      socket.write('220 hi\r\n');
      socket.on('data', () => socket.write('250 caps\r\n'));
    };
    const good = await tlsServer({}, talk);
    const bad = await tlsServer({ name: 'expired' }, talk);
    const parameters = { ...mail, type: 'tls', returnList: true as const };
    const { process, ...rest } = await core.openNetworkStream('c', '*c*', 'localhost', good.port, parameters);
    assert.deepEqual(rest, { greeting: '220 hi\r\n', capabilities: '250 caps\r\n', type: 'tls', error: null });
    assert.equal(core.processBuffer(process!)!.fullText(), '220 hi\r\n250 caps\r\n');
    const refused = await core.openNetworkStream('c', '*c*', 'localhost', bad.port, parameters);
    assert.deepEqual([refused.process, refused.greeting, refused.type], [null, null, 'plain']);
    assert.match(refused.error!, /:expired/);
    good.close();
    bad.close();
  });

  row('ONS-13', 'tls without waiting returns at once', async (core) => {
    trustOurs(core);
    const server = await tlsServer({}, (socket) => socket.write('220 hi\r\n'));
    const parameters = { ...mail, type: 'tls', nowait: true, returnList: true as const };
    const { process, ...rest } = await core.openNetworkStream('c', '*c*', 'localhost', server.port, parameters);
    assert.deepEqual(rest, { greeting: null, capabilities: null, type: 'tls', error: null });
    assert.equal(process!.status, 'connect');
    await until('it has been greeted', () => core.getBuffer('*c*')!.fullText() === '220 hi\r\n');
    assert.ok(core.gnutlsPeerStatus(process!));
    server.close();
  });

  row('ONS-14', 'capabilities are asked for in plain when they are always wanted', async (core) => {
    assert.equal((await open(core, { type: 'plain' })).capabilities, null);
    const { type, capabilities, server } = await open(core, { type: 'plain', alwaysQueryCapabilities: true });
    assert.deepEqual([type, capabilities], ['plain', smtp.offers]);
    assert.ok(!server.clear().includes('STARTTLS'));
  });

  row('ONS-15', 'a warning is a question when nothing is encrypted', async (core) => {
    const asked: string[] = [];
    core.options.trustQuestion = ({ problems }) => {
      asked.push(problems[0]!.name);
      return 'no';
    };
    const plain = await open(core, { warnUnlessEncrypted: true }, { capabilities: smtp.offersNot });
    const upgraded = await open(core, { warnUnlessEncrypted: true });
    assert.deepEqual([plain.process, upgraded.type, asked], [null, 'tls', [':unencrypted']]);
  });

  row('ONS-16', 'a client certificate comes from a list or is looked up', async (core) => {
    trustOurs(core);
    const { readFileSync } = await import('node:fs');
    const names: string[] = [];
    const server = await tlsServer(
      { requestCert: true, ca: readFileSync(fileOf('ca.pem')), rejectUnauthorized: false },
      (socket) => {
        names.push(String(socket.getPeerCertificate().subject?.CN));
      },
    );
    const pair = [fileOf('client.key'), fileOf('client.pem')] as const;
    const asked: string[] = [];
    core.options.clientCertificateFor = (name, service) => {
      asked.push(`${name} ${service}`);
      return pair;
    };
    const go = (more: Record<string, unknown>): Promise<unknown> =>
      core.openNetworkStream('c', null, 'localhost', server.port, { type: 'tls', ...more });
    await go({ clientCertificate: pair });
    await go({ clientCertificate: true });
    await go({});
    core.options.useClientCertificates = true;
    await go({});
    await go({ clientCertificate: null });
    await until('all have come', () => names.length === 5);
    assert.deepEqual(names, ['client', 'client', 'undefined', 'client', 'undefined']);
    assert.deepEqual(asked, [`localhost ${server.port}`, `localhost ${server.port}`]);
    assert.equal(await codeOf(go({ clientCertificate: ['one'] })), 'NP_STREAM_PARAMETERS');
    server.close();
  });

  row('ONS-17', 'a shell command takes the place of the connection', async (core) => {
    const told: string[] = [];
    const shellCommand = 'echo "at %s %p 100%%"; read line; echo "got $line"; exit 3';
    const open = (name: unknown, service: unknown): Promise<OpenedStream> =>
      core.openNetworkStream('c', '*c*', name, service, {
        type: 'shell',
        shellCommand,
        endOfCommand: '\n',
        returnList: true,
      });
    const { process, greeting, type } = await open('a.example', 'imap');
    assert.deepEqual([greeting, type, process!.status], ['at a.example imap 100%\n', 'plain', 'run']);
    assert.deepEqual([core.processType(process!), core.processContact(process!)], ['real', true]);
    assert.deepEqual(core.processCommand(process!)?.valueOf(), [
      ...[core.options.shellFileName, '-c'],
      'echo "at a.example imap 100%"; read line; echo "got $line"; exit 3',
    ]);
    core.setProcessSentinel(process!, (_, message) => told.push(message));
    await core.processSendString(process!, 'hello\n');
    await until('it has ended', () => process!.status === 'exit');
    assert.deepEqual([told, core.processExitStatus(process!)], [['exited abnormally with code 3\n'], 3]);
    assert.match(core.getBuffer('*c*')!.fullText(), /got hello\n/);
    for (const evil of ['h; touch F', '$(id)', '-oProxyCommand=x', 'a\nb', "a'b", '', '`id`', 'a b']) {
      assert.equal(await codeOf(open(evil, 22)), 'NP_SHELL_HOST', evil);
    }
    for (const evil of ['22; id', '-1', '$(id)', ''])
      assert.equal(await codeOf(open('h', evil)), 'NP_SHELL_HOST', evil);
    const bad = { type: 'shell', shellCommand: '%z' };
    assert.deepEqual(
      (await signalOf(() => core.openNetworkStream('c', null, 'h', 1, bad)))[1],
      'Invalid format character: ‘%z’',
    );
    // All that it started ends with its process.
    const long = {
      type: 'shell',
      shellCommand: 'sleep 60 & echo $!; wait',
      endOfCommand: '\n',
      returnList: true as const,
    };
    const sleeper = await core.openNetworkStream('c', null, 'h', 1, long);
    core.deleteProcess(sleeper.process!);
    const isGone = (): boolean => {
      try {
        return process_.kill(Number(sleeper.greeting), 0) !== true;
      } catch {
        return true;
      }
    };
    await until('the child has ended', isGone);
    assert.equal(sleeper.process!.status, 'signal');
  });

  row('ONS-18', 'without a buffer the answers are found all the same', async (core) => {
    const server = await hostileServer(smtp, { capabilities: smtp.offersNot });
    const before = core.bufferList().length;
    const stream = await core.openNetworkStream('c', null, host, server.port, { ...mail, returnList: true });
    assert.equal(stream.capabilities, smtp.offersNot);
    assert.deepEqual([core.processBuffer(stream.process!), core.bufferList().length], [null, before]);
    server.close();
  });

  row('ONS-19', 'host names beyond ASCII are encoded', async (core) => {
    const error = await signalOf(() => core.openNetworkStream('c', null, 'bücher.invalid', 1));
    assert.match(String(error[1]), /^xn--bcher-kva\.invalid\/1 /);
  });

  row('ONS-20', 'coding and TLS parameters are passed on', async (core) => {
    trustOurs(core);
    const server = await tlsServer({}, (socket) => socket.write(Buffer.from('caf\xe9\r\n', 'latin1')));
    const tlsParameters = { maxVersion: 'TLSv1.2' };
    const parameters = {
      type: 'tls',
      coding: 'latin-1-unix',
      endOfCommand: '\r\n',
      tlsParameters,
      returnList: true as const,
    };
    const { process, greeting } = await core.openNetworkStream('c', '*c*', 'localhost', server.port, parameters);
    assert.equal(greeting, 'café\r\n');
    assert.equal(core.getBuffer('*c*')!.fullText(), 'café\r\n');
    assert.equal(core.gnutlsPeerStatus(process!)!.protocol, 'TLS1.2');
    const simple = await core.openNetworkStream('c', null, 'localhost', server.port, { tlsParameters });
    assert.ok(core.gnutlsPeerStatus(simple as never));
    server.close();
  });

  row('ONS-21', 'text in clear behind the consent ends it', async (core) => {
    for (const type of ['network', 'starttls']) {
      assert.equal(await codeOf(open(core, { type }, { after: '250 INJECTED\r\n' })), 'NP_STARTTLS_INJECTION');
    }
    assert.ok(!(core.getBuffer('*c*')?.fullText() ?? '').includes('INJECTED'));
  });

  row('ONS-22', 'waiting ends in time, and can be given up', async (core) => {
    core.options.negotiationTimeoutMs = 100;
    for (const silence of [{ greeting: null }, { capabilities: null }, { reply: null }] as Malice[]) {
      assert.equal(await codeOf(open(core, {}, silence)), 'NP_NEGOTIATION_TIMEOUT');
    }
    core.options.negotiationTimeoutMs = 30_000;
    const server = await hostileServer(smtp, { greeting: null });
    const controller = new AbortController();
    const opening = core.openNetworkStream('c', null, host, server.port, { ...mail, returnList: true }, controller);
    await pause(50);
    controller.abort();
    assert.equal(await codeOf(opening), 'NP_CANCELLED');
    // Deleting it is giving it up, too.
    const other = core.openNetworkStream('c', null, host, server.port, { ...mail, returnList: true });
    await until('it connects', () => server.connections() === 2 && core.processList().length === 1);
    core.deleteProcess(core.processList()[0]!);
    assert.equal(await codeOf(other), 'NP_CANCELLED');
    server.close();
  });
});

const process_ = process;
