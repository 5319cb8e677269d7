import assert from 'node:assert/strict';
import net from 'node:net';
import type { TrustQuestion, TrustRecord, TrustStore } from '../../../src/core';
import { codeOf, plainServer, recorder, until } from '../core/support';
import { fileOf, tlsServer, trustOurs } from '../core/tlsSupport';
import { host, make, row, signalOf } from './row';

describe('checklist: TLS', () => {
  row('TLS-01', 'parameters of a handshake have their defaults, and can be given on', async (core) => {
    core.options.crlFiles = ['/nowhere/crl.pem'];
    assert.deepEqual(core.gnutlsBootParameters({ hostname: 'bücher.example' }), {
      type: 'gnutls-x509pki',
      priority: 'NORMAL',
      hostname: 'xn--bcher-kva.example',
      loglevel: 0,
      minPrimeBits: null,
      trustfiles: [],
      crlfiles: ['/nowhere/crl.pem'],
      keylist: [],
      verifyFlags: null,
      verifyError: [],
      callbacks: null,
    });
    const { priority } = core.gnutlsBootParameters({ type: Symbol.for('gnutls-anon') });
    assert.equal(priority, 'NORMAL:+ANON-DH:!ARCFOUR-128');
    core.options.gnutlsVerifyError = [
      ['^other', 'trustfiles'],
      ['example$', 'trustfiles', 'hostname'],
    ];
    assert.deepEqual(core.gnutlsBootParameters({ hostname: 'an.example' }).verifyError, ['trustfiles', 'hostname']);
    assert.throws(() => core.gnutlsBootParameters({ type: 'nosuch' }), /Invalid GnuTLS credential type/);
    core.options.crlFiles = [];
    core.options.gnutlsVerifyError = null;
    trustOurs(core);
    const server = await tlsServer({});
    const tlsParameters = core.gnutlsBootParameters({ hostname: 'localhost' });
    const process = await make(core, { host, service: server.port, tlsParameters });
    assert.equal(process.status, 'open');
    server.close();
  });

  row('TLS-02', 'a handshake on a process gives the process, and its failure is a gnutls-error', async (core) => {
    trustOurs(core);
    const server = await tlsServer({});
    const process = await make(core, { host, service: server.port });
    assert.equal(await core.gnutlsNegotiate({ process, hostname: 'localhost' }), process);
    assert.ok(core.gnutlsPeerStatus(process));
    const plain = await plainServer((socket) => socket.once('data', () => socket.write('what?\r\n')));
    const other = await make(core, { host, service: plain.port });
    const [condition] = await signalOf(() => core.gnutlsNegotiate({ process: other }));
    assert.equal(condition, 'gnutls-error');
    server.close();
    plain.close();
  });

  row('TLS-03', 'a handshake that fails closes the connection, and nothing goes in clear', async (core) => {
    let heard = '';
    const plain = await plainServer((socket) => {
      socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
      socket.once('data', () => socket.write('what?\r\n'));
    });
    const process = await make(core, { host, service: plain.port });
    const upgrade = core.gnutlsNegotiate({ process });
    const secret = core.processSendString(process, 'SECRET');
    assert.equal(await codeOf(upgrade), 'NP_TLS_NOT_TLS');
    assert.equal(await codeOf(secret), 'NP_SEND_LOST');
    assert.deepEqual([process.status, core.processList()], ['closed', []]);
    assert.equal(await codeOf(core.processSendString(process, 'SECRET')), 'NP_SEND_NOT_RUNNING');
    await until('the other side sees the end', () => plain.sockets[0]!.readableEnded || plain.sockets[0]!.destroyed);
    assert.ok(!heard.includes('SECRET'));
    plain.close();
  });

  row(
    'TLS-04',
    'verification errors can be asked for trust, host names or both, and nobody is asked then',
    async (core) => {
      trustOurs(core);
      core.options.trustQuestion = () => 'session';
      const selfSigned = await tlsServer({ name: 'selfsigned' });
      const other = await tlsServer({ name: 'otherhost' });
      const open = (service: number, verifyError: unknown): Promise<string> =>
        codeOf(core.makeNetworkProcess({ name: 'c', host: 'localhost', service, tlsParameters: { verifyError } }));
      assert.equal(await open(selfSigned.port, true), 'NP_TLS_CERTIFICATE');
      assert.equal(await open(selfSigned.port, ['trustfiles']), 'NP_TLS_CERTIFICATE');
      assert.equal(await open(selfSigned.port, ['hostname']), 'no error');
      assert.equal(await open(other.port, ['hostname']), 'NP_TLS_CERTIFICATE');
      assert.equal(await open(other.port, ['trustfiles']), 'no error');
      assert.equal(await open(other.port, 7), 'NP_TLS_PARAMETERS');
      const tlsParameters = { verifyError: true };
      const spec = { name: 'c', host: 'localhost', service: selfSigned.port, tlsParameters };
      const [, text] = await signalOf(() => core.makeNetworkProcess(spec));
      assert.match(String(text), /^Certificate validation failed localhost, verification code [0-9a-f]+$/);
      const [, match] = await signalOf(() => core.makeNetworkProcess({ ...spec, service: other.port }));
      assert.equal(match, 'The x509 certificate does not match "localhost"');
      selfSigned.close();
      other.close();
    },
  );

  row(
    'TLS-05',
    'the status of the peer has protocol, cipher and certificates, and is null without TLS',
    async (core) => {
      trustOurs(core);
      const server = await tlsServer({ maxVersion: 'TLSv1.2' });
      const process = await make(core, { host: 'localhost', service: server.port, tlsParameters: {} });
      const status = core.gnutlsPeerStatus(process)!;
      const { protocol, keyExchange, safeRenegotiation, warnings, certificates } = status;
      assert.deepEqual(
        [protocol, keyExchange, safeRenegotiation, warnings],
        ['TLS1.2', 'ECDHE-ECDSA', true, undefined],
      );
      assert.equal(certificates.length, 1);
      const { version, subject, issuer, publicKeyAlgorithm, signatureAlgorithm, pem } = status.certificate!;
      assert.deepEqual([version, subject, issuer], [3, 'CN=good', 'CN=Test Authority']);
      assert.deepEqual([publicKeyAlgorithm, signatureAlgorithm], ['EC/ECDSA', 'ECDSA-SHA256']);
      assert.match(status.certificate!.publicKeyId, /^sha1:([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
      assert.match(status.certificate!.validTo, /^\d{4}-\d\d-\d\d$/);
      assert.match(pem, /^-----BEGIN CERTIFICATE-----/);
      core.deleteProcess(process);
      assert.equal(core.gnutlsPeerStatus(process), null);
      const plain = await plainServer(() => undefined);
      assert.equal(core.gnutlsPeerStatus(await make(core, { host, service: plain.port })), null);
      server.close();
      plain.close();
    },
  );

  row('TLS-06', 'warnings name what is wrong with a certificate, and have a sentence', async (core) => {
    trustOurs(core);
    core.options.networkSecurityLevel = 'low';
    const warnings = async (name: string): Promise<unknown> => {
      const server = await tlsServer({ name });
      const process = await make(core, { host: 'localhost', service: server.port, tlsParameters: {} });
      server.close();
      return core.gnutlsPeerStatus(process)!.warnings;
    };
    assert.deepEqual(await warnings('good'), undefined);
    assert.deepEqual(await warnings('selfsigned'), ['invalid', 'self-signed', 'unknown-ca']);
    assert.deepEqual(await warnings('expired'), ['invalid', 'expired']);
    assert.deepEqual(await warnings('otherhost'), ['no-host-match']);
    assert.equal(core.gnutlsPeerStatusWarningDescribe(':expired'), 'certificate has expired');
    assert.equal(core.gnutlsPeerStatusWarningDescribe('toString'), null);
  });

  row('TLS-07', 'client keys are used in the handshake', async (core) => {
    trustOurs(core);
    const names: string[] = [];
    const { readFileSync } = await import('node:fs');
    const server = await tlsServer({ requestCert: true, ca: readFileSync(fileOf('ca.pem')) }, (socket) => {
      names.push(String(socket.getPeerCertificate().subject?.CN));
    });
    const keylist = [[fileOf('client.key'), fileOf('client.pem')]];
    await make(core, { host: 'localhost', service: server.port, tlsParameters: { keylist } });
    await until('the server knows who it is', () => names.length > 0);
    assert.deepEqual(names, ['client']);
    // Without one the server breaks off, with TLS 1.3 after the handshake, and the process says why.
    const { log, sentinel } = recorder();
    const spec = { host: 'localhost', service: server.port, tlsParameters: {}, sentinel };
    const stranger = await make(core, spec);
    await until('it is thrown out', () => stranger.status === 'closed');
    assert.match(stranger.failure!.message, /certificate required/);
    assert.deepEqual(log, ['sentinel connection broken by remote peer closed']);
    const missing = { keylist: [['/nowhere/key', '/nowhere/cert']] };
    assert.deepEqual(
      (await signalOf(() => make(core, { ...spec, tlsParameters: missing })))[1],
      'Invalid client key file',
    );
    server.close();
  });

  row('TLS-08', 'the server is told its name unless it is an address', async (core) => {
    core.options.networkSecurityLevel = 'low';
    const names: (string | false | null)[] = [];
    const server = await tlsServer({}, (socket) => {
      names.push((socket as unknown as { servername: string | false }).servername);
    });
    await make(core, { host: 'localhost', service: server.port, tlsParameters: {} });
    await make(core, { host, service: server.port, tlsParameters: {} });
    await make(core, { host, service: server.port, tlsParameters: { hostname: 'a.example' } });
    await until('all have come', () => names.length === 3);
    assert.deepEqual(names, ['localhost', false, 'a.example']);
    server.close();
  });

  row('TLS-09', 'without waiting it opens after the handshake and the judgement, and then is read', async (core) => {
    trustOurs(core);
    const server = await tlsServer({}, (socket) => socket.write('greeting'));
    const { log, filter, sentinel } = recorder();
    const spec = { host: 'localhost', service: server.port, tlsParameters: {}, nowait: true, filter, sentinel };
    const process = await make(core, spec);
    assert.equal(process.status, 'connect');
    await until('it has been greeted', () => log.length >= 2);
    assert.deepEqual(log, ['sentinel open open', 'filter greeting']);
    server.close();
  });

  row('TLS-10', 'without waiting a failure is told', async (core) => {
    trustOurs(core);
    const silent = net.createServer((socket) => socket.destroy()).unref();
    await new Promise<void>((resolve) => silent.listen(0, host, resolve));
    const untrusted = await tlsServer({ name: 'selfsigned' });
    const outcome = async (service: number): Promise<unknown[]> => {
      const { log, sentinel } = recorder();
      const spec = { host: 'localhost', service, tlsParameters: {}, nowait: true, sentinel };
      const process = await make(core, spec);
      await until('it is told', () => log.length > 0);
      return [process.status, log.length, log[0], core.processExitStatus(process)];
    };
    const [status, count, told] = await outcome((silent.address() as net.AddressInfo).port);
    assert.deepEqual([status, count], ['failed', 1]);
    assert.match(String(told), /^sentinel failed with TLS negotiation failed/);
    const refused = await outcome(untrusted.port);
    assert.deepEqual([refused[0], refused[1]], ['failed', 1]);
    assert.equal(refused[3], 'The Network Security Manager stopped the connections');
    silent.close();
    untrusted.close();
  });

  row('TLS-11', 'flags are taken, priorities mapped, and the bits of primes judged', async (core) => {
    trustOurs(core);
    const server = await tlsServer({});
    const open = async (tlsParameters: Record<string, unknown>): Promise<unknown> => {
      const process = await make(core, { host: 'localhost', service: server.port, tlsParameters });
      const { protocol, cipher } = core.gnutlsPeerStatus(process)!;
      return `${protocol} ${cipher}`;
    };
    assert.equal(await open({ verifyFlags: 8, minPrimeBits: 1024 }), 'TLS1.3 AES-256-GCM');
    const old = 'NORMAL:-VERS-ALL:+VERS-TLS1.2:%DUMBFW';
    assert.equal(await open({ priorityString: old }), 'TLS1.2 AES-128-GCM');
    assert.equal(
      await open({ ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305', maxVersion: 'TLSv1.2' }),
      'TLS1.2 CHACHA20-POLY1305',
    );
    assert.equal(await codeOf(open({ priorityString: 'NORMAL:+NOSUCH' })), 'NP_TLS_PARAMETERS');
    assert.equal(await codeOf(open({ priorityString: 'NORMAL:-VERS-ALL' })), 'NP_TLS_PARAMETERS');
    assert.equal(await codeOf(open({ ciphers: 'NOSUCH' })), 'NP_TLS_UNSUPPORTED');
    assert.equal(await codeOf(open({ rejectUnauthorized: false })), 'NP_TLS_PARAMETERS');
    server.close();
  });

  row('TLS-12', 'what the TLS library has is listed, and what it lacks with the reason', (core) => {
    const has = core.gnutlsAvailableP()!;
    assert.ok(has.includes('TLS 1.3') && has.includes('X.509'));
    for (const { name, reason } of core.gnutlsLacks()) assert.ok(name !== '' && reason !== '' && !has.includes(name));
  });
});

describe('checklist: trust', () => {
  row('NSM-01', 'each level has its checks', async (core) => {
    assert.deepEqual(core.securityChecks('low'), []);
    const medium = core.securityChecks('medium');
    const emacs = ['version', 'compression', 'renegotiation-info-ext', 'verify-cert', 'same-cert', 'null-suite'];
    emacs.push('export-kx', 'anon-kx', 'md5-sig', 'rc4-cipher', 'dhe-prime-kx', 'sha1-sig', 'ecdsa-cbc-cipher');
    // Emacs 30 has 3DES here; the last two are ours.
    assert.deepEqual([...medium].sort(), [...emacs, '3des-cipher', 'rsa-key', 'no-san'].sort());
    const more = core.securityChecks('high').filter((name) => !medium.includes(name));
    assert.deepEqual(more.sort(), ['cbc-cipher', 'dhe-kx', 'rsa-kx']);
    trustOurs(core);
    const server = await tlsServer({ name: 'selfsigned' });
    const open = (): Promise<string> =>
      codeOf(make(core, { host: 'localhost', service: server.port, tlsParameters: {} }));
    assert.equal(await open(), 'NP_TLS_REFUSED');
    core.options.networkSecurityLevel = 'low';
    assert.equal(await open(), 'no error');
    server.close();
  });

  row('NSM-02', 'one question has all reasons, and takes always, session and no', async (core) => {
    trustOurs(core);
    const server = await tlsServer({ name: 'selfsigned' });
    const asked: TrustQuestion[] = [];
    let answer: 'always' | 'session' | 'no' = 'no';
    core.options.trustQuestion = (question) => {
      asked.push(question);
      return answer;
    };
    const open = (): Promise<string> =>
      codeOf(
        make(core, {
          host: 'elsewhere.invalid',
          service: server.port,
          tlsParameters: {},
          remote: [127, 0, 0, 1, server.port],
        }),
      );
    assert.equal(await open(), 'NP_TLS_REFUSED');
    assert.deepEqual(
      asked[0]!.problems.map(({ name }) => name),
      [':invalid', ':self-signed', ':unknown-ca'],
    );
    assert.match(asked[0]!.details, /^Subject: CN=localhost$/m);
    assert.equal(asked[0]!.certificates.length, 1);
    answer = 'session';
    assert.equal(await open(), 'no error');
    assert.deepEqual(
      core.trustRecords().map(({ lasting }) => lasting),
      [false],
    );
    core.forgetTrust(core.trustRecords()[0]!.host);
    answer = 'always';
    assert.equal(await open(), 'no error');
    assert.deepEqual(
      core.trustRecords().map(({ lasting }) => lasting),
      [true],
    );
    assert.equal(asked.length, 3);
    core.options.trustQuestion = () => Promise.reject(new Error('closed'));
    core.forgetTrust(core.trustRecords()[0]!.host);
    assert.equal(await open(), 'NP_TLS_REFUSED');
    server.close();
  });

  row('NSM-03', 'nobody to ask means no', async (core) => {
    trustOurs(core);
    const server = await tlsServer({ name: 'expired' });
    const spec = { host: 'localhost', service: server.port, tlsParameters: {} };
    const [condition, text, why] = await signalOf(() => make(core, spec));
    assert.deepEqual([condition, text], ['error', 'The Network Security Manager stopped the connections']);
    assert.match(String(why), /:expired \(certificate has expired\)/);
    assert.deepEqual(core.processList(), []);
    server.close();
  });

  row('NSM-04', 'exceptions are kept by host and port, in the store for good', async (core) => {
    trustOurs(core);
    const [one, two] = [await tlsServer({ name: 'selfsigned' }), await tlsServer({ name: 'selfsigned' })];
    let kept: readonly TrustRecord[] = [];
    const store: TrustStore = { load: () => kept, save: (records) => void (kept = records) };
    core.options.trustStore = store;
    let questions = 0;
    core.options.trustQuestion = () => {
      questions += 1;
      return 'always';
    };
    const open = ({ port }: { port: number }): Promise<unknown> =>
      make(core, { host: 'localhost', service: port, tlsParameters: {} });
    await open(one);
    await open(one);
    assert.equal(questions, 1);
    await open(two);
    assert.equal(questions, 2);
    assert.equal(kept.length, 2);
    const [record] = kept;
    assert.equal(record!.host, `localhost:${one.port}`);
    assert.match(record!.keys[0]!, /^sha256:[0-9a-f]{64}$/);
    // Another program reads it.
    core.options.trustStore = null;
    assert.deepEqual(core.trustRecords(), []);
    core.options.trustStore = store;
    await open(one);
    assert.equal(questions, 2);
    assert.ok(core.forgetTrust(`localhost:${one.port}`));
    await open(one);
    assert.equal(questions, 3);
    one.close();
    two.close();
  });

  row('NSM-05', 'another key of a known host is asked about', async (core) => {
    trustOurs(core);
    const server = await tlsServer({});
    const key = `sha256:${'0'.repeat(64)}`;
    const record = { host: `localhost:${server.port}`, keys: [key], conditions: [':expired'], lasting: true, time: 0 };
    core.options.trustStore = { load: () => [record], save: () => undefined };
    const spec = { host: 'localhost', service: server.port, tlsParameters: {} };
    const [, , why] = await signalOf(() => make(core, spec));
    assert.match(String(why), /^same-cert/);
    server.close();
  });

  row('NSM-06', 'a host that was encrypted and is not any more is asked about', async (core) => {
    const server = await plainServer((socket) => socket.write('hi\r\n'));
    const record = { host: `${host}:${server.port}`, keys: ['sha256:00'], conditions: [], lasting: true, time: 0 };
    core.options.trustStore = { load: () => [record], save: () => undefined };
    const parameters = { type: 'plain', returnList: true as const, endOfCommand: '\r\n' };
    const open = () => core.openNetworkStream('c', null, host, server.port, parameters);
    const refused = await open();
    assert.equal(refused.process, null);
    assert.match(refused.error!, /was-encrypted/);
    core.options.trustQuestion = () => 'session';
    assert.equal((await open()).process?.status, 'open');
    server.close();
  });

  row('NSM-07', 'a plain connection is asked about where a warning is wanted', async (core) => {
    const server = await plainServer((socket) => socket.write('hi\r\n'));
    const open = (warnUnlessEncrypted: boolean) =>
      core.openNetworkStream('c', null, host, server.port, { type: 'plain', returnList: true, warnUnlessEncrypted });
    assert.equal((await open(false)).process?.status, 'open');
    assert.equal((await open(true)).process, null);
    let questions = 0;
    core.options.trustQuestion = ({ problems }) => {
      questions += 1;
      assert.deepEqual(
        problems.map(({ name }) => name),
        [':unencrypted'],
      );
      return 'session';
    };
    assert.equal((await open(true)).process?.status, 'open');
    assert.equal((await open(true)).process?.status, 'open');
    assert.equal(questions, 1);
    server.close();
  });

  row('NSM-08', 'hosts in own nets are not judged when these are trusted', async (core) => {
    trustOurs(core);
    const server = await tlsServer({ name: 'selfsigned' });
    const open = (): Promise<string> =>
      codeOf(make(core, { host: 'localhost', service: server.port, tlsParameters: {} }));
    assert.equal(await open(), 'NP_TLS_REFUSED');
    core.options.trustLocalNetwork = () => true;
    assert.equal(await open(), 'no error');
    server.close();
  });

  row('NSM-09', 'paranoid asks about keys not seen before', async (core) => {
    trustOurs(core);
    core.options.networkSecurityLevel = 'paranoid';
    const server = await tlsServer({});
    const seen: string[][] = [];
    core.options.trustQuestion = ({ problems }) => {
      seen.push(problems.map(({ name }) => name));
      return 'session';
    };
    const open = (): Promise<unknown> => make(core, { host: 'localhost', service: server.port, tlsParameters: {} });
    await open();
    await open();
    assert.deepEqual(seen, [['new-cert']]);
    server.close();
  });
});
