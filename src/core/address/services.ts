/** Service names: the system's list, and the commonest names where a system has none. */
import { readFileSync } from 'node:fs';

export type Protocol = 'tcp' | 'udp';

/** @see IANA, Service Name and Transport Protocol Port Number Registry */
const common: Readonly<Record<string, number>> = {
  echo: 7,
  discard: 9,
  daytime: 13,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  time: 37,
  domain: 53,
  tftp: 69,
  finger: 79,
  http: 80,
  pop3: 110,
  ntp: 123,
  imap: 143,
  imap2: 143,
  snmp: 161,
  irc: 194,
  ldap: 389,
  https: 443,
  submission: 587,
  imaps: 993,
  pop3s: 995,
  mqtt: 1883,
  mysql: 3306,
  postgresql: 5432,
  redis: 6379,
  'http-alt': 8080,
};

const file =
  process.platform === 'win32'
    ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\services`
    : '/etc/services';

let known: Map<string, number> | null = null;

/** Names and aliases, `name/protocol` → port. Read once. */
function services(): Map<string, number> {
  if (known) return known;
  known = new Map();
  for (const line of lines()) {
    const [name, portAndProtocol, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const match = /^(\d+)\/(tcp|udp)$/.exec(portAndProtocol ?? '');
    if (!name || !match) continue;
    for (const n of [name, ...aliases]) {
      const key = `${n}/${match[2]}`;
      if (!known.has(key)) known.set(key, Number(match[1]));
    }
  }
  return known;
}

function lines(): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // No list on this system: the common names below still work.
    return [];
  }
}

/** The port of a service by name, or null. */
export function servicePort(name: string, protocol: Protocol): number | null {
  return services().get(`${name}/${protocol}`) ?? (Object.hasOwn(common, name) ? common[name]! : null);
}
