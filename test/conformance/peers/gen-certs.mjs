// node gen-certs.mjs FOLDER: throw-away certificates, made with openssl: NAME.pem and NAME.key of each.
//   ca          an authority, which signs the others
//   good        localhost, 127.0.0.1 and ::1
//   otherhost   another host only
//   expired     as good, but out of date
//   selfsigned  as good, but signed by itself
//   client      for a client
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (!folder) {
  console.error('usage: gen-certs.mjs FOLDER');
  process.exit(2);
}
const here = 'DNS:localhost,IP:127.0.0.1,IP:::1';
const finished = join(folder, 'done');

mkdirSync(folder, { recursive: true });
if (!existsSync(finished)) {
  makeKey('ca');
  const authority = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  openssl(
    'req',
    '-x509',
    '-key',
    'ca.key',
    '-days',
    '3650',
    '-subj',
    '/CN=Test Authority',
    ...authority,
    '-out',
    'ca.pem',
  );
  makeKey('selfsigned');
  const names = ['-addext', `subjectAltName=${here}`];
  openssl(
    'req',
    '-x509',
    '-key',
    'selfsigned.key',
    '-days',
    '800',
    '-subj',
    '/CN=localhost',
    ...names,
    '-out',
    'selfsigned.pem',
  );
  sign('good', here, 'serverAuth');
  sign('otherhost', 'DNS:elsewhere.invalid', 'serverAuth');
  sign('client', null, 'clientAuth');
  sign('expired', here, 'serverAuth', ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z']);
  writeFileSync(finished, '');
}

function openssl(...args) {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeKey(name) {
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`);
}

/** Only `openssl ca` takes dates of the past. */
function sign(name, altNames, purpose, dates = ['-days', '800']) {
  makeKey(name);
  openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
  const extensions = ['basicConstraints=critical,CA:FALSE', `extendedKeyUsage=${purpose}`];
  if (altNames) extensions.push(`subjectAltName=${altNames}`);
  const settings = ['database=index', 'rand_serial=yes', 'new_certs_dir=.', 'default_md=sha256', 'policy=any'];
  const lines = [
    '[ca]',
    'default_ca=own',
    '[own]',
    ...settings,
    '[any]',
    'commonName=supplied',
    '[leaf]',
    ...extensions,
  ];
  writeFileSync(join(folder, 'ca.cnf'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'index'), '');
  const by = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-extensions', 'leaf'];
  openssl('ca', '-batch', '-notext', ...by, ...dates, '-in', `${name}.csr`, '-out', `${name}.pem`);
}
