import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cannotRun } from '../cannotRun';
import { freePort, needs, Programs } from './programs';

/** Files of the certificate that a server shows. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
}

const startMs = 15_000;

/** A server of the system's, with settings, data and ports of its own, on loopback. */
export interface RealServer {
  /** By what is spoken there. */
  readonly ports: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** Skips unless we are root: these servers change users. */
function needsRoot(context: Mocha.Context): void {
  if (process.getuid?.() !== 0) cannotRun(context, 'needs to be root');
}

function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `np-${name}-`));
  // Parts of these servers run as other users.
  chmodSync(folder, 0o755);
  return folder;
}

async function freePorts<Name extends string>(...names: Name[]): Promise<Record<Name, number>> {
  const ports: Partial<Record<Name, number>> = {};
  for (const name of names) {
    let port = await freePort('tcp');
    while (Object.values(ports).includes(port)) port = await freePort('tcp');
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}

/** Waits until a port of loopback accepts. */
async function listening(port: number): Promise<void> {
  for (const end = Date.now() + startMs; ; await sleep(50)) {
    const isThere = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1');
      probe.on('connect', () => resolve(true)).on('error', () => resolve(false));
      probe.on('connect', () => probe.destroy());
    });
    if (isThere) return;
    if (Date.now() > end) throw new Error(`Nobody listens at port ${port}`);
  }
}

/** Starts something, waits for its ports, and says how it ends. What does not come up leaves nothing behind. */
async function run(
  folder: string,
  ports: Readonly<Record<string, number>>,
  start: (programs: Programs) => void,
  end: (programs: Programs) => void | Promise<unknown> = () => undefined,
): Promise<RealServer> {
  const programs = new Programs();
  const stop = async (): Promise<void> => {
    try {
      await end(programs);
    } finally {
      await programs.endAll();
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    start(programs);
    await Promise.all(Object.values(ports).map(listening));
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { ports, stop };
}

/** IMAP and POP3 at `imap`, `imaps`, `pop3`, `pop3s`; without a certificate only in clear. Anybody's password is `secret`. */
export async function dovecot(context: Mocha.Context, shown: Shown | null): Promise<RealServer> {
  needs(context, 'dovecot');
  needsRoot(context);
  const folder = temporaryFolder('dovecot');
  const { imap, pop3, imaps, pop3s } = await freePorts('imap', 'pop3', 'imaps', 'pop3s');
  const ports: Record<string, number> = shown ? { imap, pop3, imaps, pop3s } : { imap, pop3 };
  const listener = (name: string): string => `inet_listener ${name} { \n port = ${ports[name] ?? 0}\n }\n`;
  const service = (name: string): string =>
    `service ${name}-login {\n${listener(name)}${listener(`${name}s`)} chroot =\n}\n`;
  const settings = [
    `base_dir = ${folder}/run`,
    `state_dir = ${folder}/state`,
    `log_path = ${folder}/log`,
    'protocols = imap pop3',
    'listen = 127.0.0.1',
    'disable_plaintext_auth = yes',
    `mail_location = maildir:${folder}/mail/%u`,
    'first_valid_uid = 1',
    ...(shown ? ['ssl = yes', `ssl_cert = <${shown.cert}`, `ssl_key = <${shown.key}`] : ['ssl = no']),
    'passdb {\n driver = static\n args = password=secret\n}',
    `userdb {\n driver = static\n args = uid=nobody gid=nogroup home=${folder}/mail/%u\n}`,
    service('imap'),
    service('pop3'),
  ];
  mkdirSync(`${folder}/mail`);
  chmodSync(`${folder}/mail`, 0o777);
  writeFileSync(`${folder}/dovecot.conf`, `${settings.join('\n')}\n`);
  const command = ['-c', `${folder}/dovecot.conf`];
  return run(
    folder,
    ports,
    (programs) => void programs.start('dovecot', '-F', ...command),
    () => void execFileSync('dovecot', [...command, 'stop'], { stdio: 'ignore' }),
  );
}

/** SMTP at `smtp`, encrypted from the start at `smtps`, and without STARTTLS at `plain`. */
export async function postfix(context: Mocha.Context, shown: Shown): Promise<RealServer> {
  needs(context, 'postfix');
  needsRoot(context);
  const folder = temporaryFolder('postfix');
  const ports = await freePorts('smtp', 'smtps', 'plain');
  const main = [
    'compatibility_level = 3.6',
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    'myhostname = localhost',
    'mydestination = localhost',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'alias_maps =',
    'alias_database =',
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    `smtpd_tls_cert_file = ${shown.cert}`,
    `smtpd_tls_key_file = ${shown.key}`,
    'smtpd_tls_security_level = may',
    'smtpd_delay_reject = no',
  ];
  const listen = (port: number, setting: string): string =>
    `127.0.0.1:${port} inet n - n - - smtpd${setting && ` -o ${setting}`}`;
  const master = [
    listen(ports.smtp, ''),
    listen(ports.smtps, 'smtpd_tls_wrappermode=yes'),
    listen(ports.plain, 'smtpd_tls_security_level=none'),
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'postlog unix-dgram n - n - 1 postlogd',
  ];
  mkdirSync(`${folder}/queue`);
  mkdirSync(`${folder}/data`);
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postfix'], { encoding: 'utf8' }));
  chownSync(`${folder}/data`, idOf('-u'), idOf('-g'));
  writeFileSync(`${folder}/main.cf`, `${main.join('\n')}\n`);
  writeFileSync(`${folder}/master.cf`, `${master.join('\n')}\n`);
  return run(
    folder,
    ports,
    (programs) => void programs.start('postfix', '-c', folder, 'start-fg'),
    // Its master is a session of its own, and outlives the command that started it.
    () => void execFileSync('postfix', ['-c', folder, 'stop'], { stdio: 'ignore' }),
  );
}

/** PostgreSQL at `postgresql`; whoever asks is let in. It refuses to run as root. */
export async function postgresql(context: Mocha.Context, shown: Shown | null): Promise<RealServer> {
  needsRoot(context);
  needs(context, 'setpriv');
  const programsAt = postgresqlFolder();
  if (!programsAt) cannotRun(context, 'needs PostgreSQL');
  const folder = temporaryFolder('postgresql');
  const { postgresql: port } = await freePorts('postgresql');
  const user = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [user('-u'), user('-g')];
  chownSync(folder, uid, gid);
  const asUser = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  const quiet = { stdio: 'ignore', cwd: folder } as const;
  const data = `${folder}/data`;
  execFileSync('setpriv', [...asUser, `${programsAt}/initdb`, '-N', '-A', 'trust', '-D', data], quiet);
  const settings = [`port = ${port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`];
  if (shown) {
    for (const [file, name] of [
      [shown.cert, 'server.crt'],
      [shown.key, 'server.key'],
    ] as const) {
      copyFileSync(file, `${data}/${name}`);
      chownSync(`${data}/${name}`, uid, gid);
      chmodSync(`${data}/${name}`, 0o600);
    }
    settings.push('ssl = on');
  }
  writeFileSync(`${data}/postgresql.auto.conf`, `${settings.join('\n')}\n`);
  const pgCtl = (...args: string[]): void =>
    void execFileSync('setpriv', [...asUser, `${programsAt}/pg_ctl`, '-D', data, ...args], quiet);
  // It listens before it lets anybody in; pg_ctl waits until it does.
  return run(
    folder,
    { postgresql: port },
    () => pgCtl('-w', '-t', '15', '-l', `${folder}/log`, 'start'),
    // One that is killed leaves shared memory behind.
    () => pgCtl('-m', 'fast', 'stop'),
  );
}

function postgresqlFolder(): string | null {
  const above = '/usr/lib/postgresql';
  try {
    const newest = readdirSync(above)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1);
    return newest === undefined ? null : `${above}/${newest}/bin`;
  } catch {
    return null;
  }
}

/** A server that echoes lines, at `echo`. It can't be told an address, and so listens on all. */
export async function gnutlsServ(context: Mocha.Context, shown: Shown): Promise<RealServer> {
  needs(context, 'gnutls-serv');
  const folder = temporaryFolder('gnutls');
  const ports = await freePorts('echo');
  const options = ['--echo', '--port', String(ports.echo), '--x509certfile', shown.cert, '--x509keyfile', shown.key];
  return run(folder, ports, (programs) => void programs.start('gnutls-serv', ...options));
}

/** OpenSSL's own server, at `www`, which answers any request of HTTP with what was agreed on. */
export async function opensslServer(context: Mocha.Context, shown: Shown): Promise<RealServer> {
  needs(context, 'openssl');
  const folder = temporaryFolder('openssl');
  const ports = await freePorts('www');
  const options = ['-accept', `127.0.0.1:${ports.www}`, '-cert', shown.cert, '-key', shown.key, '-www'];
  return run(folder, ports, (programs) => void programs.start('openssl', 's_server', ...options));
}
