// Makes every certificate of the matrix in a folder, with openssl: NAME.chain (the host's first) and NAME.key of each, and
// root.pem. Returns the names.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
const server = 'extendedKeyUsage=serverAuth';
const leafUse = 'basicConstraints=critical,CA:FALSE';
const manyNames = `subjectAltName=${Array.from({ length: 1000 }, (_, i) => `DNS:n${i}.example`).join(',')},DNS:localhost`;
const evil = '/CN=[x](command:y) $(zap) \x1b]52;c;Zm9v\x07';

const past = ['20200101000000Z', '20210101000000Z'];

/** Only what differs from a certificate that is as it should be; `by` is who signs it, which may be itself. */
const leaves = {
  good: {},
  expired: { dates: past },
  'expired-self-signed': { dates: past, by: 'expired-self-signed' },
  'expired-unknown-root': { dates: past, by: 'other' },
  'not-yet-valid': { dates: ['20400101000000Z', '20410101000000Z'] },
  'wrong-host': { names: 'subjectAltName=DNS:elsewhere.invalid' },
  'wildcard-all': { names: 'subjectAltName=DNS:*' },
  'wildcard-top': { names: 'subjectAltName=DNS:*.test' },
  'ip-in-dns': { names: 'subjectAltName=DNS:127.0.0.1', host: '127.0.0.1' },
  'no-san': { names: '', subject: '/CN=localhost' },
  'no-common-name': { subject: '/O=x' },
  'no-subject': { subject: '/', names: `subjectAltName=critical,DNS:localhost` },
  'client-only': { use: 'extendedKeyUsage=clientAuth' },
  'client-only-unknown-root': { use: 'extendedKeyUsage=clientAuth', by: 'other' },
  'unknown-critical': { more: '1.2.3.4=critical,ASN1:UTF8String:what' },
  sha1: { digest: 'sha1' },
  rsa1024: { key: ['RSA', 'rsa_keygen_bits:1024'] },
  rsa2048: { key: ['RSA', 'rsa_keygen_bits:2048'] },
  'many-names': { names: manyNames },
  'hostile-subject': { subject: evil },
  'hostile-unknown-root': { subject: evil, by: 'other' },
  'unknown-root': { by: 'other' },
  revoked: {},
  'revoked-expired': { dates: past },
};

export function makeMatrix(folder) {
  const run = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const write = (name, text) => writeFileSync(join(folder, name), text);
  const pem = (name) => readFileSync(join(folder, `${name}.pem`), 'utf8');
  const key = (name, [type, option] = ['EC', 'ec_paramgen_curve:P-256']) =>
    run('genpkey', '-algorithm', type, '-pkeyopt', option, '-out', `${name}.key`);
  const settings = ['database=index', 'rand_serial=yes', 'new_certs_dir=.', 'policy=any', 'unique_subject=no'];
  const sign = (name, by, { subject = `/CN=${name}`, dates, digest = 'sha256', extensions }) => {
    run('req', '-new', '-utf8', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    const any = ['[any]', 'organizationName=optional', 'commonName=optional', '[leaf]', ...extensions.filter(Boolean)];
    write(
      'ca.cnf',
      `${['[ca]', 'default_ca=own', '[own]', ...settings, 'default_crl_days=30', 'default_md=sha256', ...any].join('\n')}\n`,
    );
    const time = dates ? ['-startdate', dates[0], '-enddate', dates[1]] : ['-days', '800'];
    const who = by === name ? ['-selfsign'] : ['-cert', `${by}.pem`];
    const issuer = [...who, '-keyfile', `${by}.key`, '-md', digest];
    run(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      ...issuer,
      '-extensions',
      'leaf',
      ...time,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
  };
  const authority = (name, subject = name) => {
    key(name);
    run(
      'req',
      '-x509',
      '-key',
      `${name}.key`,
      '-days',
      '3650',
      '-subj',
      `/CN=${subject}`,
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-out',
      `${name}.pem`,
    );
  };
  write('index', '');
  authority('root');
  authority('other');
  for (const [name, how] of Object.entries(leaves)) {
    const { by = 'root', names = here, use = server, more = '', key: type, ...rest } = how;
    key(name, type);
    sign(name, by, { ...rest, extensions: [leafUse, use, names, more] });
    copyFileSync(join(folder, `${name}.pem`), join(folder, `${name}.chain`));
  }
  key('self-signed');
  run(
    'req',
    '-x509',
    '-key',
    'self-signed.key',
    '-days',
    '800',
    '-subj',
    '/CN=localhost',
    '-addext',
    here,
    '-out',
    'self-signed.chain',
  );
  const chains = ['incomplete', 'reversed', 'not-a-ca', 'sha1-middle', 'forged'];
  authority('forger', 'forged-middle');
  for (const name of chains) {
    const middle = `${name}-middle`;
    key(middle);
    const isCa = name === 'not-a-ca' ? 'basicConstraints=critical,CA:FALSE' : 'basicConstraints=critical,CA:TRUE';
    sign(middle, 'root', { extensions: [isCa], digest: name === 'sha1-middle' ? 'sha1' : 'sha256' });
    key(name);
    // A forged one is out of date as well, behind which the signature would hide.
    const how = name === 'forged' ? ['forger', { dates: past }] : [middle, {}];
    sign(name, how[0], { ...how[1], extensions: [leafUse, server, here] });
    const more = { incomplete: '', reversed: pem('root') + pem(middle) }[name] ?? pem(middle);
    write(`${name}.chain`, pem(name) + more);
  }
  const issuer = ['-config', 'ca.cnf', '-cert', 'root.pem', '-keyfile', 'root.key', '-md', 'sha256'];
  for (const name of ['revoked', 'revoked-expired']) run('ca', '-batch', ...issuer, '-revoke', `${name}.pem`);
  run('ca', '-batch', ...issuer, '-gencrl', '-out', 'root.crl');
  return Object.keys(leaves).concat('self-signed', chains);
}
