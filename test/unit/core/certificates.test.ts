/** Every certificate and every parameter of TLS that may be wrong: our verdict beside Node's, curl's and Emacs'. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { NetworkProcesses } from '../../../src/core';
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
  /** A handshake that does not come about in place of a verdict. */
  readonly code?: string;
}

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
  'RS-030 not yet valid': of('not-yet-valid', [':not-activated']),
  'RS-031 self-signed': of('self-signed', [':self-signed', ':unknown-ca']),
  'RS-032 unknown root': of('unknown-root', [':unknown-ca']),
  'RS-033 wrong host': of('wrong-host', [':no-host-match']),
  'RS-034 wildcard for all': of('wildcard-all', [':no-host-match']),
  'RS-034 address as a name': of('ip-in-dns', [':no-host-match'], { host: '127.0.0.1' }),
  'RS-035 no alternative name': of('no-san', ['no-san']),
  'RS-036 no subject': of('no-subject', null),
  'RS-037 for clients': of('client-only', [':purpose-mismatch']),
  'RS-038 unknown critical extension': of('unknown-critical', [':invalid']),
  'RS-039 chain incomplete': of('incomplete', [':unknown-ca']),
  'RS-039 signer is no authority': of('not-a-ca', [':not-ca']),
  'RS-040 chain reversed': of('reversed', null),
  'RS-041 SHA-1': of('sha1', [':insecure', 'sha1-sig'], { server: { ciphers: 'DEFAULT:@SECLEVEL=0' } }),
  'RS-042 RSA 1024': of('rsa1024', ['rsa-key'], { server: { ciphers: 'DEFAULT:@SECLEVEL=0' } }),
  'RS-043 revoked, no list': of('revoked', null),
  'RS-043 revoked, with a list': of('revoked', [':revoked'], { client: { crlfiles: ['root.crl'] } }),
  'RS-043 good, with a list': of('good', null, { client: { crlfiles: ['root.crl'] } }),
  'RS-044 1,000 names': of('many-names', null),
  'RS-045 hostile subject': of('hostile-subject', null),
  'RS-046 TLS 1.0': of('good', [], { server: old('TLSv1'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-046 TLS 1.1': of('good', [], { server: old('TLSv1.1'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-046 TLS 1.1, asked for': of('good', ['version'], {
    server: old('TLSv1.1'),
    client: { minVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
  }),
  'RS-047 CBC': of('rsa2048', null, { server: only('ECDHE-RSA-AES128-SHA256') }),
  'RS-047 CBC, level high': of('rsa2048', ['cbc-cipher'], { server: only('ECDHE-RSA-AES128-SHA256'), level: 'high' }),
  'RS-047 static RSA': of('rsa2048', null, { server: only('AES128-GCM-SHA256') }),
  'RS-047 static RSA, level high': of('rsa2048', ['rsa-kx'], { server: only('AES128-GCM-SHA256'), level: 'high' }),
  'RS-048 NULL': of('rsa2048', [], { server: only('NULL-SHA256'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-048 NULL, asked for': of('rsa2048', ['null-suite'], {
    server: only('NULL-SHA256'),
    client: weakClient('NULL-SHA256'),
  }),
  'RS-048 anonymous': of('rsa2048', [], { server: only('AECDH-AES128-SHA'), code: 'NP_TLS_HANDSHAKE' }),
  'RS-048 anonymous, asked for': of('rsa2048', ['anon-kx'], {
    server: only('AECDH-AES128-SHA'),
    client: weakClient('AECDH-AES128-SHA'),
  }),
  'RS-049 DH 1024': of('rsa2048', ['dhe-prime-kx'], {
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

/** What a program prints in five seconds; null when there is none. Emacs hangs in the handshakes of some rows. */
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

  async function ours(core: NetworkProcesses, row: Row, service: number): Promise<string> {
    core.options.trustFiles = [file('root.pem')];
    core.options.networkSecurityLevel = row.level ?? 'medium';
    let found: readonly string[] = [];
    core.options.trustQuestion = ({ problems, details }) => {
      found = problems.map(({ name }) => name);

      assert.doesNotMatch(details, /[\0-\x09\x0b-\x1f]/);
      return 'no';
    };
    const { crlfiles, ...rest } = (row.client ?? {}) as { crlfiles?: string[] };
    const tlsParameters = { ...rest, ...(crlfiles ? { crlfiles: crlfiles.map(file) } : {}) };
    try {
      await core.makeNetworkProcess({ name: 'c', host: row.host ?? 'localhost', service, tlsParameters });
      return 'accepted';
    } catch (error) {
      return found.length > 0 ? found.join(' ') : String((error as { code?: string }).code);
    }
  }

  function nodes(row: Row, port: number): Promise<string> {
    return new Promise((resolve) => {
      const host = row.host ?? 'localhost';
      const socket = tls.connect({
        port,
        host,
        servername: host === 'localhost' ? host : '',
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
    const url = `https://${row.host ?? 'localhost'}:${port}/`;
    const said = await output('curl', [
      '-s',
      '-m',
      '3',
      '--cacert',
      file('root.pem'),
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

  async function emacs(ports: readonly { row: Row; port: number }[]): Promise<string[]> {
    const each = ports.map(({ row, port }) => `("${row.host ?? 'localhost'}" ${port})`).join(' ');
    const program = `(progn (require 'nsm) (setq gnutls-trustfiles '("${file('root.pem')}"))
      (dolist (at '(${each}))
        (princ (format "%s\\n" (condition-case nil
          (let ((p (open-network-stream "x" nil (car at) (cadr at) :type 'tls)))
            (if (and p (eq (process-status p) 'open)) "accepted" "refused"))
          (error "refused"))))))`;
    const said = await output('emacs', ['-Q', '--batch', '--eval', program]);
    return said === null ? [] : said.split('\n').filter((line) => /^(accepted|refused)$/.test(line));
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
      const theirs = await emacs(served);
      for (const [i, { name, row, port }] of served.entries()) {
        const verdict = await ours(core, row, port);
        const [node, curl] = await Promise.all([nodes(row, port), curls(row, port)]);
        table[name] = { ours: verdict, Node: node, curl, Emacs: theirs[i] ?? '–' };
      }
      console.table(table);
      for (const { name, row, close } of served) {
        const verdict = table[name]!.ours!;
        if (row.code) assert.equal(verdict, row.code, name);
        else if (row.problems === null) assert.equal(verdict, 'accepted', name);
        else for (const problem of row.problems) assert.ok(verdict.split(' ').includes(problem), `${name}: ${verdict}`);
        close();
      }
    }),
  );

  it(
    'RS-050 a client certificate that is wanted and missing is named',
    withCore(async (core) => {
      core.options.trustFiles = [file('root.pem')];
      const pair = { key: readFileSync(file('good.key')), cert: readFileSync(file('good.chain')) };
      const server = await tlsServer({ ...pair, requestCert: true, ca: readFileSync(file('root.pem')) });
      const spec = { name: 'c', host: 'localhost', service: server.port, tlsParameters: {} };
      const process = (await core.makeNetworkProcess(spec))!;
      await until('it ends', () => process.status === 'closed');
      assert.match(String(process.failure?.message), /certificate required/);
      server.close();
    }),
  );
});
