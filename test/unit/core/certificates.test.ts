/** Every certificate and every parameter of TLS that may be wrong: our verdict beside Node's, curl's and Emacs'. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { NetworkProcesses, PeerStatus } from '../../../src/core';
import { conditionText } from '../../../src/ui/trust/conditionText';
import { makeMatrix } from '../../support/certificateMatrix.mjs';
import { until, withCore } from './support';
import { tlsServer } from './tlsSupport';

interface Row {
  /** Of the matrix. */
  readonly certificate: string;
  /** The problems that must be among ours; null: accepted. */
  readonly problems: readonly string[] | null;
  readonly host?: string;
  readonly server?: tls.TlsOptions;
  readonly client?: Record<string, unknown>;
  readonly level?: 'medium' | 'high';
  /** A handshake that does not come about in place of a verdict; with problems: newer libraries refuse by themselves. */
  readonly code?: string;
  /** Looks at what the peer is said to be. */
  readonly check?: (told: Told) => void;
  /** What stands for Emacs where it is not tried. */
  readonly emacs?: string;
}

interface Told {
  readonly verdict: string;
  /** Of what is accepted. */
  readonly status: PeerStatus | null;
  /** Of the question. */
  readonly details: string;
}

/** Problems that may not be named where they are none. */
const never = [':unknown-ca', ':self-signed', ':revoked', ':signature-failure', ':revocation-data-missing'];
/** What would be heeded by a terminal or an editor. */
const controls = /[\0-\x09\x0b-\x1f\x7f]/;

const of = (certificate: string, problems: readonly string[] | null, more: Partial<Row> = {}): Row => ({
  certificate,
  problems,
  ...more,
});
const old = (version: tls.SecureVersion): tls.TlsOptions => ({
  minVersion: version,
  maxVersion: version,
  ciphers: 'DEFAULT:@SECLEVEL=0',
});
const only = (ciphers: string): tls.TlsOptions => ({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` });
const weakClient = (ciphers: string): Record<string, unknown> => ({ ciphers: `${ciphers}:@SECLEVEL=0` });

const rows: Readonly<Record<string, Row>> = {
  good: of('good', null),
  'RS-029 expired': of('expired', [':expired']),
  'RS-029 expired, self-signed': of('expired-self-signed', [':expired', ':self-signed', ':unknown-ca']),
  'RS-029 expired, trusted itself': of('expired-self-signed', [':expired'], {
    client: { trustfiles: ['expired-self-signed.chain'] },
  }),
  'RS-029 expired, unknown root': of('expired-unknown-root', [':expired', ':unknown-ca']),
  'RS-029 expired, forged': of('forged', [':expired', ':signature-failure']),
  'RS-030 not yet valid': of('not-yet-valid', [':not-activated']),
  'RS-031 self-signed': of('self-signed', [':self-signed', ':unknown-ca']),
  'RS-032 unknown root': of('unknown-root', [':unknown-ca']),
  'RS-033 wrong host': of('wrong-host', [':no-host-match']),
  'RS-033 wrong host, no name given': of('wrong-host', [':no-host-match'], {
    client: { hostname: false, servername: false },
  }),
  'RS-034 wildcard for all': of('wildcard-all', [':no-host-match']),
  'RS-034 wildcard for a top domain': of('wildcard-top', [':no-host-match'], {
    client: { hostname: 'a.test' },
    emacs: '–',
  }),
  'RS-034 address as a name': of('ip-in-dns', [':no-host-match'], { host: '127.0.0.1' }),
  'RS-035 no alternative name': of('no-san', ['no-san']),
  'RS-036 no common name': of('no-common-name', null, {
    check: ({ status }) => assert.equal(status?.certificate?.subject, 'O=x'),
  }),
  'RS-036 no subject': of('no-subject', null, {
    check: ({ status }) => assert.equal(status?.certificate?.subject, ''),
  }),
  'RS-037 for clients': of('client-only', [':purpose-mismatch']),
  'RS-037 for clients, unknown root': of('client-only-unknown-root', [':purpose-mismatch', ':unknown-ca']),
  'RS-038 unknown critical extension': of('unknown-critical', [':invalid']),
  'RS-039 chain incomplete': of('incomplete', [':unknown-ca']),
  'RS-039 signer is no authority': of('not-a-ca', [':not-ca']),
  'RS-040 chain reversed': of('reversed', null),
  'RS-041 SHA-1': of('sha1', [':insecure', 'sha1-sig'], { server: { ciphers: 'DEFAULT:@SECLEVEL=0' } }),
  'RS-041 SHA-1 of an intermediate': of('sha1-middle', [':insecure', 'sha1-sig'], {
    server: { ciphers: 'DEFAULT:@SECLEVEL=0' },
  }),
  'RS-042 RSA 1024': of('rsa1024', ['rsa-key'], { server: { ciphers: 'DEFAULT:@SECLEVEL=0' } }),
  'RS-043 revoked, no list': of('revoked', null),
  'RS-043 revoked, with a list': of('revoked', [':revoked'], { client: { crlfiles: ['root.crl'] } }),
  'RS-043 revoked and expired': of('revoked-expired', [':revoked', ':expired'], { client: { crlfiles: ['root.crl'] } }),
  'RS-043 an authority without a list': of('unknown-root', [':revocation-data-missing'], {
    client: { trustfiles: ['other.pem'], crlfiles: ['root.crl'] },
  }),
  'RS-043 expired, an authority without a list': of('expired-unknown-root', [':revocation-data-missing', ':expired'], {
    client: { trustfiles: ['other.pem'], crlfiles: ['root.crl'] },
  }),
  'RS-043 good, with a list': of('good', null, { client: { crlfiles: ['root.crl'] } }),
  'RS-044 1,000 names': of('many-names', null, {
    check: ({ status }) => assert.ok(status!.certificate!.subjectAltNames.length <= 4_001),
  }),
  'RS-045 hostile subject': of('hostile-subject', null, {
    check: ({ status }) => {
      assert.match(status!.certificate!.subject, /command:y.*\\(x1b|1B)\]52/);
      assert.doesNotMatch(status!.certificate!.subject, controls);
    },
  }),
  'RS-045 hostile subject, unknown root': of('hostile-unknown-root', [':unknown-ca'], {
    check: ({ details }) => {
      assert.match(details, /^Subject: .*command:y.*\\(x1b|1B)\]52/m);
      assert.doesNotMatch(details, controls);
    },
  }),
  'RS-046 TLS 1.0': of('good', [], { server: old('TLSv1'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-046 TLS 1.1': of('good', [], { server: old('TLSv1.1'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-046 TLS 1.1, asked for': of('good', ['version'], {
    server: old('TLSv1.1'),
    client: { minVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
  }),
  'RS-047 CBC': of('rsa2048', null, {
    server: only('ECDHE-RSA-AES128-SHA256'),
    check: ({ status }) => assert.match(status!.cipher, /CBC/),
    emacs: 'hangs',
  }),
  'RS-047 CBC, level high': of('rsa2048', ['cbc-cipher'], {
    server: only('ECDHE-RSA-AES128-SHA256'),
    level: 'high',
    emacs: 'hangs',
  }),
  'RS-047 static RSA': of('rsa2048', null, {
    server: only('AES128-GCM-SHA256'),
    check: ({ status }) => assert.equal(status!.keyExchange, 'RSA'),
  }),
  'RS-047 static RSA, level high': of('rsa2048', ['rsa-kx'], { server: only('AES128-GCM-SHA256'), level: 'high' }),
  'RS-048 NULL': of('rsa2048', [], { server: only('NULL-SHA256'), code: 'NP_TLS_HANDSHAKE', emacs: 'hangs' }),
  'RS-048 NULL, asked for': of('rsa2048', ['null-suite'], {
    server: only('NULL-SHA256'),
    client: weakClient('NULL-SHA256'),
    emacs: 'hangs',
  }),
  'RS-048 anonymous': of('rsa2048', [], {
    server: only('AECDH-AES128-SHA'),
    code: 'NP_TLS_HANDSHAKE',
    emacs: 'hangs',
  }),
  'RS-048 anonymous, asked for': of('rsa2048', ['anon-kx'], {
    server: only('AECDH-AES128-SHA'),
    client: weakClient('AECDH-AES128-SHA'),
    emacs: 'hangs',
  }),
  'RS-049 DH 1024': of('rsa2048', ['dhe-prime-kx'], {
    server: { ...only('DHE-RSA-AES128-GCM-SHA256'), dhparam: weakPrime() },
    code: 'NP_TLS_HANDSHAKE',
  }),
  'RS-049 DH 1024, asked for': of('rsa2048', ['dhe-prime-kx'], {
    server: { ...only('DHE-RSA-AES128-GCM-SHA256'), dhparam: weakPrime() },
    client: weakClient('DHE-RSA-AES128-GCM-SHA256'),
  }),
};

/** The second group of RFC 2409: 1,024 bits. */
function weakPrime(): string {
  const prime =
    'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd' +
    'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed' +
    'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff';
  const der = Buffer.from(`30818702818100${prime}020102`, 'hex');
  return `-----BEGIN DH PARAMETERS-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END DH PARAMETERS-----\n`;
}

/** What a program prints in five seconds; null when there is none. */
function output(program: string, args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5_000, encoding: 'utf8' }, (error, stdout) =>
      resolve(error && (error as { code?: unknown }).code === 'ENOENT' ? null : `${stdout}${error ? ' failed' : ''}`),
    );
  });
}

describe('the matrix of certificates', function () {
  this.timeout(60_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'np-matrix-'));
    makeMatrix(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string): string => join(folder, name);

  async function ours(core: NetworkProcesses, row: Row, service: number): Promise<Told> {
    core.options.trustFiles = [file('root.pem')];
    core.options.networkSecurityLevel = row.level ?? 'medium';
    let found: readonly string[] = [];
    let told = '';
    core.options.trustQuestion = ({ problems, details }) => {
      found = problems.map(({ name }) => name);
      told = details;
      return 'no';
    };
    const tlsParameters = { ...row.client };
    for (const word of ['crlfiles', 'trustfiles']) {
      if (word in tlsParameters) tlsParameters[word] = (tlsParameters[word] as string[]).map(file);
    }
    try {
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: row.host ?? 'localhost',
        service,
        tlsParameters,
      }))!;
      return { verdict: 'accepted', status: core.gnutlsPeerStatus(process), details: told };
    } catch (error) {
      const { code } = error as { code?: string };
      const verdict = code === 'NP_TLS_REFUSED' ? found.join(' ') : String(code);
      return { verdict, status: null, details: told };
    }
  }

  /** For whom the certificate must be. */
  const nameOf = ({ host = 'localhost', client }: Row): string => String(client?.hostname || host);

  function nodes(row: Row, port: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = tls.connect({
        port,
        host: row.host ?? 'localhost',
        servername: row.host ? '' : nameOf(row),
        ca: readFileSync(file('root.pem')),
      });
      const done = (said: string) => {
        socket.destroy();
        resolve(said);
      };
      socket.on('secureConnect', () => done('accepted'));
      socket.on('error', (error: Error & { code?: string }) => done(error.code ?? error.message));
    });
  }

  async function curls(row: Row, port: number): Promise<string> {
    const url = `https://${nameOf(row)}:${port}/`;
    const said = await output('curl', [
      '-s',
      '-m',
      '3',
      '--cacert',
      file('root.pem'),
      '--resolve',
      `*:${port}:127.0.0.1`,
      '-o',
      '/dev/null',
      '-w',
      '%{exitcode} %{ssl_verify_result}',
      url,
    ]);
    if (said === null) return '–';
    // An empty reply comes after a handshake that was fine.
    const code = /^(\d+)/.exec(said)?.[1] ?? '?';
    return code === '52' || code === '56' ? 'accepted' : `error ${code}`;
  }

  /** One for all rows; where it hangs in a handshake, another goes on behind that row. */
  async function emacs(ports: readonly { row: Row; port: number }[]): Promise<string[]> {
    const found: string[] = [];
    while (found.length < ports.length) {
      const lines = await emacsOnce(ports.slice(found.length));
      if (lines === null) return [];
      found.push(...lines);
      if (found.length < ports.length) found.push('hangs');
    }
    return found;
  }

  async function emacsOnce(ports: readonly { row: Row; port: number }[]): Promise<string[] | null> {
    const each = ports.map(({ row, port }) => `("${row.host ?? 'localhost'}" ${port})`).join(' ');
    const program = `(progn (require 'nsm) (setq gnutls-trustfiles '("${file('root.pem')}"))
      (dolist (at '(${each}))
        (princ (format "%s\\n" (condition-case nil
          (let ((p (open-network-stream "x" nil (car at) (cadr at) :type 'tls)))
            (if (and p (eq (process-status p) 'open)) "accepted" "refused"))
          (error "refused"))))))`;
    const said = await output('emacs', ['-Q', '--batch', '--eval', program]);
    return said?.split('\n').filter((line) => /^(accepted|refused)$/.test(line)) ?? null;
  }

  it(
    'every row is judged as it should be, and named',
    withCore(async (core) => {
      const served: { name: string; row: Row; port: number; close: () => void }[] = [];
      for (const [name, row] of Object.entries(rows)) {
        const pair = {
          key: readFileSync(file(`${row.certificate}.key`)),
          cert: readFileSync(file(`${row.certificate}.chain`)),
        };
        const { port, close } = await tlsServer({ ...pair, ...row.server }, (socket) =>
          setTimeout(() => socket.end(), 100).unref(),
        );
        served.push({ name, row, port, close });
      }
      const table: Record<string, Record<string, string>> = {};
      const told = new Map<string, Told>();
      const tried = served.filter(({ row }) => !row.emacs);
      const theirs = emacs(tried);
      for (const { name, row, port } of served) {
        const own = await ours(core, row, port);
        const [node, curl] = await Promise.all([nodes(row, port), curls(row, port)]);
        table[name] = { ours: own.verdict, Node: node, curl, Emacs: row.emacs ?? '–' };
        told.set(name, own);
      }
      for (const [i, verdict] of (await theirs).entries()) table[tried[i]!.name]!.Emacs = verdict;
      console.table(table);
      for (const { name, row, close } of served) {
        const { verdict } = told.get(name)!;
        const problems = row.problems ?? [];
        if (row.code && (verdict === row.code || problems.length === 0)) assert.equal(verdict, row.code, name);
        else if (row.problems === null) assert.equal(verdict, 'accepted', name);
        else for (const problem of problems) assert.ok(verdict.split(' ').includes(problem), `${name}: ${verdict}`);
        for (const problem of never)
          assert.equal(verdict.includes(problem), problems.includes(problem), `${name}: ${verdict}`);
        row.check?.(told.get(name)!);
        for (const problem of problems) {
          assert.notEqual(
            conditionText(problem, (text) => text),
            problem,
          );
          if (problem.startsWith(':')) assert.notEqual(core.gnutlsPeerStatusWarningDescribe(problem), null);
        }
        close();
      }
    }),
  );

  it(
    'RS-050 a client certificate that is wanted and missing is named',
    withCore(async (core) => {
      core.options.trustFiles = [file('root.pem')];
      const pair = { key: readFileSync(file('good.key')), cert: readFileSync(file('good.chain')) };
      const strict = { ...pair, requestCert: true, ca: readFileSync(file('root.pem')) };
      const server = await tlsServer(strict);
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {} };
      const process = (await core.makeNetworkProcess(spec))!;
      await until('it ends', () => process.status === 'closed');
      assert.match(String(process.failure?.message), /certificate required/);
      server.close();
      // Before TLS 1.3 it is a part of the handshake, and has no alert of its own.
      const old = await tlsServer({ ...strict, maxVersion: 'TLSv1.2' });
      await assert.rejects(
        core.makeNetworkProcess({ ...spec, service: old.port }),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'NP_TLS_HANDSHAKE');
          assert.match(error.message, /the peer refused with the alert “handshake failure”/);
          return true;
        },
      );
      old.close();
    }),
  );

  it(
    'a server lets in whom its own authorities vouch for, and does not start without any',
    withCore(async (core) => {
      const keylist = (name: string) => [[file(`${name}.key`), file(`${name}.chain`)]];
      const serve = (more: object) =>
        core.makeNetworkProcess({
          ...{ name: 's', server: true, host: '127.0.0.1', service: true },
          tlsParameters: { keylist: keylist('good'), requestCert: true, ...more },
        });
      await assert.rejects(serve({}), { code: 'NP_TLS_PARAMETERS', message: /requestCert needs trustfiles/ });
      // The authorities of this computer vouch for servers, not for clients.
      core.options.trustFiles = [file('root.pem')];
      const server = (await serve({ trustfiles: [file('other.pem')] }))!;
      const service = core.processContact(server, 'service');
      const enter = async (name: string): Promise<string> => {
        const before = server.clients.count;
        const tlsParameters = { keylist: keylist(name) };
        const process = (await core.makeNetworkProcess({ name: 'c', host: 'localhost', service, tlsParameters }))!;
        await until('it is in or out', () => process.status === 'closed' || core.processList().length > 2 + before);
        return process.status;
      };
      assert.equal(await enter('client-only'), 'closed');
      assert.equal(await enter('client-only-unknown-root'), 'open');
    }),
  );
});
