import assert from 'node:assert/strict';
import { formatBytes, formatCount, formatTime } from '../../../../src/ui/rows/amounts';
import { addressText, contactText } from '../../../../src/ui/rows/contactText';
import { Details, showValue, type Detail } from '../../../../src/ui/rows/detail';
import { Row, traitsOf } from '../../../../src/ui/rows/row';
import { RowText } from '../../../../src/ui/rows/rowText';
import { fakeBuffer, FakeCore, traffic, translate, type FakeProcess } from '../fakeCore';
import { peerStatus } from '../trust/peerStatus';

const core = new FakeCore();
const text = new RowText(core, translate);

function rowOf(facts: Partial<FakeProcess>): Row {
  const row = new Row('process-1', core.make(facts));
  row.traits = traitsOf(row.process);
  return row;
}

const loopback = [127, 0, 0, 1, 4000];
const server = { isServer: true, status: 'listen', contact: { local: loopback, service: 4000 } } as const;
const client = { contact: { host: '127.0.0.1', service: 6379, remote: [127, 0, 0, 1, 6379] } } as const;
const shell = { command: ['/bin/sh', '-c', 'cat\n-'], lastMessage: 'finished\n', contact: {} } as const;
const ended = { created: 0, opened: 1, ended: 2 };

describe('the text of rows', () => {
  const cases: [string, Partial<FakeProcess>, string][] = [
    ['a server', server, 'listen · 127.0.0.1:4000'],
    ['one client', { ...server, clients: { count: 1, atLimit: false } }, 'listen · 127.0.0.1:4000 · 1 client'],
    ['two clients', { ...server, clients: { count: 2, atLimit: false } }, 'listen · 127.0.0.1:4000 · 2 clients'],
    [
      'a full server',
      { ...server, clients: { count: 2000, atLimit: true } },
      'listen · 127.0.0.1:4000 · 2,000 clients: not accepting',
    ],
    ['a stopped server', { ...server, status: 'stop' }, 'stop · 127.0.0.1:4000'],
    [
      'a server on all interfaces',
      { ...server, contact: { local: [0, 0, 0, 0, 80] } },
      'listen · 0.0.0.0:80 · all interfaces',
    ],
    [
      'a server on all interfaces, IPv6',
      { ...server, contact: { local: [0, 0, 0, 0, 0, 0, 0, 0, 80] } },
      'listen · [::]:80 · all interfaces',
    ],
    [
      'a server for others',
      { ...server, contact: { local: [192, 168, 1, 2, 80] } },
      'listen · 192.168.1.2:80 · not only this computer',
    ],
    ['a server on ::1', { ...server, contact: { local: [0, 0, 0, 0, 0, 0, 0, 1, 80] } }, 'listen · [::1]:80'],
    [
      'a server on mapped loopback',
      { ...server, contact: { local: [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1, 80] } },
      'listen · [::ffff:7f00:1]:80',
    ],
    ['a Unix server', { ...server, contact: { local: '/tmp/s', service: '/tmp/s' } }, 'listen · /tmp/s'],
    ['a connection', client, 'open · 127.0.0.1:6379'],
    [
      'traffic',
      { ...client, traffic: traffic({ bytesReceived: 1234, bytesSent: 40 }) },
      'open · 127.0.0.1:6379 · 1.2 kB in · 40 B out',
    ],
    [
      'a queue',
      { ...client, traffic: traffic({ bytesSent: 40, bytesQueued: 5000 }) },
      'open · 127.0.0.1:6379 · 40 B out · 5.0 kB waiting',
    ],
    ['a sent EOF', { ...client, sentEof: true }, 'open · 127.0.0.1:6379 · sent EOF'],
    [
      'a broken connection',
      { ...client, status: 'closed', times: ended, lastMessage: 'connection broken by remote peer\n' },
      'closed · 127.0.0.1:6379 · connection broken by remote peer',
    ],
    ['a datagram server', { ...server, isDatagram: true, status: 'open' }, 'open · 127.0.0.1:4000 · no peer yet'],
    [
      'a datagram server with a peer',
      { ...server, isDatagram: true, status: 'open', peer: [127, 0, 0, 1, 5000] },
      'open · 127.0.0.1:4000 · peer 127.0.0.1:5000',
    ],
    [
      'a datagram server with an unset peer',
      { ...server, isDatagram: true, status: 'open', peer: [0, 0, 0, 0, 0] },
      'open · 127.0.0.1:4000 · no peer yet',
    ],
    ['an encrypted connection', { ...client, encryption: 'TLS1.3' }, 'open · TLS 1.3 · 127.0.0.1:6379'],
    ['one that TLS was not to be had for', { ...client, encryption: 'none' }, 'open · not encrypted · 127.0.0.1:6379'],
    ['a server with TLS', { ...server, encryption: 'TLS' }, 'listen · TLS · 127.0.0.1:4000'],
    [
      'an encrypted connection that has ended',
      { ...client, encryption: 'TLS1.2', status: 'closed', times: ended, lastMessage: 'deleted\n' },
      'closed · 127.0.0.1:6379 · deleted',
    ],
    ['a program', { ...shell, status: 'run' }, 'run · cat\\x0a-'],
    ['a program that has ended', { ...shell, status: 'exit', exitStatus: 3, times: ended }, 'exit 3 · cat\\x0a-'],
    [
      'a program that was killed',
      { ...shell, status: 'signal', times: ended, lastMessage: 'killed\n' },
      'signal · cat\\x0a- · killed',
    ],
    ['a datagram client', { ...client, isDatagram: true, peer: [127, 0, 0, 1, 6379] }, 'open · 127.0.0.1:6379'],
  ];
  for (const [name, facts, expected] of cases) {
    it(name, () => assert.equal(text.description(rowOf(facts)), expected));
  }

  it('says everything in one sentence to a screen reader', () => {
    const row = rowOf({ ...server, name: 'echo', clients: { count: 2, atLimit: false } });
    assert.equal(text.accessibleLabel(row), 'echo, TCP server, listen, 127.0.0.1:4000, 2 clients');
  });

  it('says to a screen reader and in the tooltip whether it is encrypted', () => {
    const encrypted = rowOf({ ...client, name: 'mail', encryption: 'TLS1.3' });
    assert.equal(text.accessibleLabel(encrypted), 'mail, TLS connection, open, TLS 1.3, 127.0.0.1:6379');
    assert.match(text.tooltip(encrypted), /\nEncrypted: TLS 1\.3\n/);
    assert.match(text.tooltip(rowOf({ ...client, encryption: 'none' })), /\nThis connection is not encrypted: /);
    assert.doesNotMatch(text.tooltip(rowOf(client)), /ncrypted/);
    const unverified = rowOf({ ...client, encryption: 'TLS1.3', lastPeerStatus: peerStatus });
    assert.match(text.description(unverified), /^open · TLS 1\.3 unverified · /);
    assert.match(
      text.tooltip(unverified),
      /\nEncrypted, but the certificate could not be verified: TLS 1\.3 unverified\n/,
    );
    assert.match(text.accessibleLabel(rowOf({ ...shell, name: 'sh', status: 'run' })), /^sh, Shell connection, run, /);
  });

  it('shows nothing a peer made up as it is', () => {
    const row = rowOf({ ...client, name: 'a\u202e[x](command:y)$(bug)\n', status: 'closed', times: ended });
    assert.equal(text.label(row), 'a\\u202e[x] (command:y)$ (bug)\\x0a');
    assert.match(text.tooltip(row), /^a\\u202e\[x\] \(.* \(TCP connection\)\n/);
  });
});

describe('contacts', () => {
  it('are what was asked for, the peer for an accepted client', () => {
    const of = (facts: Partial<FakeProcess>): string => contactText(core.make(facts), core);
    assert.equal(of({ contact: { host: 'localhost', service: 'http' } }), 'localhost:http');
    assert.equal(of({ contact: { host: '::1', service: 80 } }), '[::1]:80');
    assert.equal(of({ contact: { service: 80, remote: [127, 0, 0, 1, 80] } }), '127.0.0.1:80');
    assert.equal(of({ contact: { service: 80 } }), 'localhost:80');
    assert.equal(of({ contact: { family: 'local', service: 'relative' } }), 'relative');
    assert.equal(of({ contact: { remote: '/tmp/s' } }), '/tmp/s');
    assert.equal(of({ contact: { family: 'local', service: '\0name' } }), '@name');
    const s = core.make(server);
    assert.equal(of({ server: s, contact: { remote: [10, 0, 0, 1, 99], local: loopback } }), '10.0.0.1:99');
    assert.equal(of({ server: s, contact: { remote: '', local: '/tmp/s' } }), '/tmp/s');
  });

  it('read addresses of any kind', () => {
    assert.equal(addressText([1, 2, 3, 4]), '1.2.3.4');
    assert.equal(addressText([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1, 443]), '[2001:db8::1]:443');
    assert.equal(addressText(null), '');
    assert.equal(addressText({ family: 3, bytes: [] }), '');
  });
});

describe('socket options', () => {
  const details = new Details(core, text, translate);
  const shown = (row: Row): string[] => {
    const group = details.of(row).find(({ kind }) => kind === 'options');
    return group
      ? details.entries(group).map(({ kind, label, description }) => `${kind} ${label}: ${description}`)
      : [];
  };

  afterEach(() => (core.missing = null));

  it('are those of the kind of socket, as the system has them', () => {
    const options = { keepalive: true, nodelay: false, linger: 3, oobinline: false, priority: 5, bindtodevice: 'lo' };
    assert.deepEqual(shown(rowOf({ ...client, options: { ...options, dontroute: false } })), [
      'option keepalive: on',
      'option nodelay: off',
      'option linger: 3 s',
      'option oobinline: off',
      'option priority: 5',
      'option bindtodevice: lo',
      'option dontroute: off',
    ]);
    const packets = { ...client, socketType: 'seqpacket', contact: { family: 'local', service: '/tmp/s' } } as const;
    assert.deepEqual(shown(rowOf({ ...packets, options: { linger: null, priority: 0 } })), [
      'option linger: off',
      'option priority: 0',
    ]);
  });

  it('are those asked for where the system can’t be asked, and say why', () => {
    core.missing = 'There are none';
    assert.deepEqual(shown(rowOf({ ...client, contact: { ...client.contact, keepalive: true } })), [
      'remark Live values need native sockets: There are none',
    ]);
    core.missing = null;
    assert.equal(shown(rowOf({ ...client, status: 'connect' })).at(-1), 'remark as asked for: it has no socket yet');
    assert.deepEqual(shown(rowOf({ ...client, status: 'closed', times: ended })), []);
  });
});

describe('details', () => {
  const details = new Details(core, text, translate);

  it('name every keyword and property, under ids that differ', () => {
    const row = rowOf({ ...client, plist: new Map<string, unknown>([['a', 1], ['__proto__', { b: [2] }]]) }); // prettier-ignore
    const lines = details.of(row);
    assert.deepEqual(
      lines.map((line) => line.label),
      [
        ...['Contact', 'Properties', 'Socket Options', 'Process Buffer', 'Coding', 'Query Before Kill', 'Traffic'],
        ...['Capture', 'Times'],
      ],
    );
    const [contact, properties] = lines;
    assert.ok(contact && properties);
    const shown = [...details.entries(contact), ...details.entries(properties)];
    assert.deepEqual(
      shown.map((entry) => `${entry.label}=${entry.description}`),
      ['host=127.0.0.1', 'service=6379', 'remote=127.0.0.1:6379', 'a=1', '__proto__={ b: [ 2 ] }'],
    );
    assert.equal(new Set([...lines, ...shown].map((line) => line.id)).size, lines.length + shown.length);
  });

  it('write a name in no folder with @', () => {
    const of = { family: 'local', service: '\0mine', remote: '\0mine', other: '\0x' };
    const row = rowOf({ contact: of });
    const shown = details.entries(details.of(row)[0]!).map((entry) => `${entry.label}=${entry.description}`);
    assert.deepEqual(shown, ['family=local', 'service=@mine', 'remote=@mine', 'other=\\x00x']);
  });

  it('tell how it is encrypted, and the certificates below each other', () => {
    const peer = { encryption: 'TLS1.3', lastPeerStatus: peerStatus };
    const row = rowOf({ ...client, ...peer });
    const below = (detail: Detail): string[] => details.entries(detail).map((d) => `${d.label}: ${d.description}`);
    const [tls, certificates] = details.of(row);
    assert.deepEqual([tls?.kind, tls?.label, tls?.description], ['tls', 'TLS', '1.3 · AES-256-GCM']);
    assert.deepEqual(tls && below(tls), [
      'Protocol: TLS 1.3',
      'Cipher: AES-256-GCM',
      'Key Exchange: ECDHE-RSA',
      'MAC: AEAD',
      'ALPN: h2\\u202e',
      'Warning: the certificate has expired',
      'Warning: future-\\x1b',
    ]);
    assert.deepEqual([certificates?.kind, certificates?.description], ['certificates', 'CN=\\u202e[x] (y)']);
    const chain = certificates ? details.entries(certificates) : [];
    assert.deepEqual(
      chain.map(({ label }) => label),
      ['CN=\\u202e[x] (y)', 'no subject'],
    );
    assert.ok(chain.every((one) => details.hasEntries(one)));
    assert.deepEqual(chain[1] && below(chain[1]).slice(0, 6), [
      'Subject: none',
      'Issuer: CN=ca',
      'Valid From: 2026-01-01',
      'Valid To: 2027-01-01',
      'Alternative Names: none',
      'Key: RSA, 2,048 bits (Medium)',
    ]);
    const all = [...details.of(row), ...chain, ...chain.flatMap((one) => details.entries(one))];
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    // Also when it has ended; not without TLS.
    const over = details.of(rowOf({ ...client, ...peer, status: 'closed', times: ended }));
    assert.deepEqual(over[1]?.kind, 'certificates');
    assert.equal(details.of(rowOf(client))[0]?.kind, 'contact');
    const plain = details.of(rowOf({ ...client, encryption: 'none' }))[0];
    assert.deepEqual([plain?.kind, plain?.description], ['plain', 'not encrypted']);
    assert.equal(plain && details.hasEntries(plain), false);
  });

  it('of a program have its command, and no socket', () => {
    const [contact, , buffer] = details.of(rowOf({ ...shell, status: 'run' }));
    assert.equal(contact?.description, 'cat\\x0a-');
    assert.equal(contact && details.hasEntries(contact), false);
    assert.equal(buffer?.kind, 'buffer');
  });

  it('show no key and no passphrase', () => {
    const secrets = { key: 'KEY', pfx: 'PFX', passphrase: 'PASS', cert: 'CERT' };
    const row = rowOf({ contact: { tlsParameters: ['gnutls-x509pki', secrets] } });
    const [contact] = details.of(row);
    const shown = (contact ? details.entries(contact) : []).map(({ description }) => description).join();
    assert.match(shown, /CERT/);
    assert.doesNotMatch(shown, /KEY|PFX|PASS/);
  });

  it('run no accessor of another extension’s parameters', () => {
    const fail = (): never => assert.fail('it was run');
    const accessor = { enumerable: true, get: fail };
    const parameters = Object.defineProperties({ cert: 'CERT' }, { passphrase: accessor, ca: accessor });
    const listed = Object.defineProperty(['gnutls-x509pki', parameters], '2', accessor);
    const trapped = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail });
    const shown = (tlsParameters: unknown): string => {
      const row = rowOf({ contact: { tlsParameters } });
      const [contact] = details.of(row);
      return (contact ? details.entries(contact) : []).map(({ description }) => description).join();
    };
    assert.equal(shown(parameters), "{ cert: 'CERT', passphrase: '…', ca: '…' }");
    assert.equal(shown(listed), "[ 'gnutls-x509pki', { cert: 'CERT', passphrase: '…', ca: '…' }, '…' ]");
    assert.equal(shown(trapped), '…');
    assert.equal(
      showValue(Object.defineProperty({ isServer: true }, 'name', accessor)),
      '{ isServer: true, name: [Getter] }',
    );
    assert.equal(showValue(trapped), '…');
    assert.equal(showValue(Object.defineProperty(() => 0, 'name', { get: fail })), 'function anonymous');
    assert.equal(showValue(Object.create({ isServer: true, get name() { return fail(); } })), '…'); // prettier-ignore
  });

  it('say none where there is nothing', () => {
    const [, properties, , buffer] = details.of(rowOf(client));
    assert.equal(properties?.description, 'none');
    assert.equal(buffer?.description, 'none');
    assert.equal(properties && details.hasEntries(properties), false);
  });

  it('show values of any kind on one line', () => {
    assert.equal(showValue(null), 'nil');
    assert.equal(showValue('a\nb'), 'a\\x0ab');
    assert.equal(showValue(fakeBuffer('b')), 'b');
    assert.equal(showValue(rowOf({ name: 'p' }).process), 'p');
    assert.equal(showValue([1, 2]), '[ 1, 2 ]');
    assert.equal(showValue(Symbol.for('local')), 'Symbol(local)');
    assert.equal(
      showValue(function log() {
        return;
      }),
      'function log',
    );
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    assert.match(showValue(cycle), /Circular/);
    const trap = {
      get name(): string {
        throw new Error('trap');
      },
    };
    assert.match(showValue(trap), /Getter/);
  });
});

describe('traits', () => {
  const traits = (facts: Partial<FakeProcess>): string => [...traitsOf(core.make(facts))].sort().join(' ');

  it('decide what menus offer', () => {
    assert.equal(traits(client), 'connection eofable live sendable stoppable stream transfers');
    assert.equal(
      traits({ ...client, buffer: fakeBuffer('b') }),
      'connection eofable hasBuffer live sendable stoppable stream transfers',
    );
    assert.equal(traits({ ...client, status: 'connect' }), 'connection eofable live sendable stream transfers');
    assert.equal(traits({ ...client, status: 'stop' }), 'connection eofable live sendable stopped stream transfers');
    assert.equal(traits({ ...client, sentEof: true }), 'connection live stoppable stream transfers');
    assert.equal(
      traits({ ...client, status: 'closed', times: ended }),
      'connection finished reconnectable stream transfers',
    );
    assert.equal(traits({ ...client, status: 'failed' }), 'connection finished reconnectable stream transfers');
    assert.equal(traits(server), 'live server stoppable stream');
    assert.equal(
      traits({ ...server, isDatagram: true, status: 'open' }),
      'datagram live retargetable sendable server stoppable transfers',
    );
    const accepted = { ...client, server: core.make(server) };
    assert.equal(traits(accepted), 'accepted connection eofable live sendable stoppable stream transfers');
    assert.equal(
      traits({ ...accepted, status: 'closed', times: ended }),
      'accepted connection finished stream transfers',
    );
  });
});

describe('amounts', () => {
  it('are short', () => {
    const sizes = [0, 999, 1000, 1234, 9949, 9950, 12_345, 999_499, 999_500, 1_500_000, 2e15];
    assert.deepEqual(sizes.map(formatBytes), [
      '0 B', '999 B', '1.0 kB', '1.2 kB', '9.9 kB', '10 kB', '12 kB', '999 kB', '1.0 MB', '1.5 MB', '2000 TB',
    ]); // prettier-ignore
    assert.equal(formatCount(2000), '2,000');
    assert.match(formatTime(0), /^19(70|69)-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });
});
