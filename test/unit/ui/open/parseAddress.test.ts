import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { cannotRun } from '../../../support/cannotRun';
import {
  parseAddress,
  withNextFamily,
  type AddressKind,
  type AddressRole,
  type ParsedAddress,
} from '../../../../src/ui/open/parseAddress';

/** What was understood in one line: `kind label` and the spec, or `problem: advice`. */
function read(text: string, kind: AddressKind = 'tcp', role: AddressRole = 'client'): string {
  const parsed = parseAddress(text, kind, role);
  return parsed.ok ? `${parsed.kind} ${parsed.label}` : `${parsed.problem}: ${parsed.advice}`;
}

function good(text: string, kind: AddressKind, role: AddressRole): ParsedAddress & { ok: true } {
  const parsed = parseAddress(text, kind, role);
  assert.ok(parsed.ok, text);
  return parsed;
}

describe('parseAddress', () => {
  const clients: [text: string, label: string][] = [
    ['localhost:6379', 'tcp localhost:6379'],
    ['  localhost:6379\n', 'tcp localhost:6379'],
    ['localhost 6379', 'tcp localhost:6379'],
    ['localhost : 6379', 'tcp localhost:6379'],
    ['6379', 'tcp localhost:6379'],
    [':6379', 'tcp localhost:6379'],
    ['06379', 'tcp localhost:6379'],
    ['http', 'tcp localhost:http'],
    ['localhost:http', 'tcp localhost:http'],
    ['example.com https', 'tcp example.com:https'],
    ['my_host-1.example.com.:80', 'tcp my_host-1.example.com.:80'],
    ['127.0.0.1:1', 'tcp 127.0.0.1:1'],
    ['127.0.0.1:65535', 'tcp 127.0.0.1:65535'],
    ['[::1]:80', 'tcp [::1]:80'],
    ['[::1] 80', 'tcp [::1]:80'],
    ['::1 80', 'tcp [::1]:80'],
    ['[fe80::1%eth0]:80', 'tcp [fe80::1%eth0]:80'],
    ['tcp:localhost:80', 'tcp localhost:80'],
    ['TCP://localhost:80/', 'tcp localhost:80'],
    ['tcp:80', 'tcp localhost:80'],
    ['udp:localhost:53', 'udp localhost:53'],
    ['udp://[::1]:53', 'udp [::1]:53'],
    ['udp: 53', 'udp localhost:53'],
    ['tcp4:localhost:80', 'tcp tcp4:localhost:80'],
    ['TCP6://localhost:80', 'tcp tcp6:localhost:80'],
    ['tcp6:80', 'tcp [::1]:80'],
    ['udp4:53', 'udp 127.0.0.1:53'],
    ['udp6:[::1]:53', 'udp [::1]:53'],
    ['unix:/tmp/x', 'unix /tmp/x'],
    ['unix:///tmp/x', 'unix /tmp/x'],
    ['/tmp/x', 'unix /tmp/x'],
    ['unix-dgram:/tmp/x', 'unix-dgram /tmp/x'],
    ['Unix-SeqPacket:///tmp/x', 'unix-seqpacket /tmp/x'],
    ['unix-dgram:x', 'A Unix socket needs a path such as /tmp/my.sock: type the whole path, beginning with / or ~/'],
    ['/tmp/a b:c', 'unix /tmp/a b:c'],
    ['~/x', `unix ${homedir()}/x`],
    ['bücher.example:80', 'tcp xn--bcher-kva.example:80'],
    ['１２７.0.0.1:80', 'tcp 127.0.0.1:80'],
  ];
  for (const [text, label] of clients) it(`reads ${JSON.stringify(text)}`, () => assert.equal(read(text), label));

  const problems: [text: string, problem: string][] = [
    ['', 'The port is missing: type localhost:PORT'],
    ['localhost', 'The port is missing: type localhost:PORT'],
    ['localhost:', 'The port is missing: type localhost:PORT'],
    ['example.com', 'The port is missing: type example.com:PORT'],
    ['10.0.0.1', 'The port is missing: type 10.0.0.1:PORT'],
    ['[::1]', 'The port is missing: type [::1]:PORT'],
    ['[::1]:', 'The port is missing: type [::1]:PORT'],
    ['::1', 'An IPv6 address needs brackets and a port: type [::1]:PORT'],
    ['::1:80', 'An IPv6 address needs brackets and a port: type [::1:80]:PORT'],
    ['[::1', 'An IPv6 address needs brackets and a port: type [::1]:PORT'],
    ['[::1]80', 'An IPv6 address needs brackets and a port: type [::1]:PORT'],
    ['70000', '70000 is no port: use 1 to 65535'],
    ['localhost:70000', '70000 is no port: use 1 to 65535'],
    ['localhost:0', '0 is no port: use 1 to 65535'],
    ['localhost:-1', '-1 is neither a port nor the name of a service: use 1 to 65535, or a name such as http'],
    ['localhost:8o!', '8o! is neither a port nor the name of a service: use 1 to 65535, or a name such as http'],
    ['localhost:0x50', '0x50 is neither a port nor the name of a service: use 1 to 65535, or a name such as http'],
    ['localhost:80/x', '80/x is neither a port nor the name of a service: use 1 to 65535, or a name such as http'],
    ['a:b:c', 'That is more than a host and a port: type HOST:PORT'],
    ['a b c', 'That is more than a host and a port: type HOST:PORT'],
    ['[::1]:80 x', 'That is more than a host and a port: type HOST:PORT'],
    ['256.1.1.1:80', '256.1.1.1 is no IPv4 address: type four numbers from 0 to 255, such as 127.0.0.1'],
    ['1.2.3:80', '1.2.3 is no IPv4 address: type four numbers from 0 to 255, such as 127.0.0.1'],
    ['*:80', '* is for servers: type the host to connect to'],
    ['foo!bar:80', 'foo!bar is no host name: type letters, digits, dots and hyphens, or an address such as 127.0.0.1'],
    ['-x:80', '-x is no host name: type letters, digits, dots and hyphens, or an address such as 127.0.0.1'],
    ['a..b:80', 'a..b is no host name: type letters, digits, dots and hyphens, or an address such as 127.0.0.1'],
    [
      `${'a'.repeat(64)}.b:80`,
      `${'a'.repeat(64)}.b is no host name: type letters, digits, dots and hyphens, or an address such as 127.0.0.1`,
    ],
    ['http://example.com/x', 'http:// is not a kind of address here: type example.com:http'],
    ['http://me@example.com:8080/x', 'http:// is not a kind of address here: type example.com:8080'],
    ['redis://', 'redis:// is not a kind of address here: type HOST:redis'],
    ['local\0host:80', 'There is a control character in it: type the address without it'],
    ['/tmp/', '/tmp/ is a folder: type a file in it, such as /tmp/my.sock'],
    ['/', '/ is a folder: type a file in it, such as /my.sock'],
    ['./x', 'A Unix socket needs a path such as /tmp/my.sock: type the whole path, beginning with / or ~/'],
    ['unix:x', 'A Unix socket needs a path such as /tmp/my.sock: type the whole path, beginning with / or ~/'],
    ['unix:', 'A Unix socket needs a path such as /tmp/my.sock: type the whole path, beginning with / or ~/'],
    [
      'unix:localhost:80',
      'A Unix socket needs a path such as /tmp/my.sock: type a path such as /tmp/my.sock, or tcp:HOST:PORT for TCP',
    ],
    [`/${'é'.repeat(60)}`, 'The path has 121 bytes; 107 is the most: type a shorter one, such as /tmp/my.sock'],
  ];
  for (const [text, problem] of problems) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(read(text), problem));
  }

  const servers: [text: string, label: string, loopback: boolean][] = [
    ['', '127.0.0.1:0', true],
    ['0', '127.0.0.1:0', true],
    ['8080', '127.0.0.1:8080', true],
    [':8080', '127.0.0.1:8080', true],
    ['localhost', 'localhost:0', true],
    ['localhost:', 'localhost:0', true],
    ['api.localhost.:80', 'api.localhost.:80', false],
    ['[::1]', '[::1]:0', true],
    ['[::1]:80', '[::1]:80', true],
    ['127.1.2.3:80', '127.1.2.3:80', true],
    ['*', '0.0.0.0:0', false],
    ['*:8080', '0.0.0.0:8080', false],
    ['0.0.0.0:8080', '0.0.0.0:8080', false],
    ['[::]:8080', '[::]:8080', false],
    ['192.0.2.1:80', '192.0.2.1:80', false],
    ['127.example.com:80', '127.example.com:80', false],
    ['notlocalhost:80', 'notlocalhost:80', false],
  ];
  for (const [text, label, loopback] of servers) {
    it(`reads ${JSON.stringify(text)} for a server`, () => {
      const parsed = good(text, 'tcp', 'server');
      assert.deepEqual([parsed.label, parsed.loopback], [label, loopback]);
      assert.equal(parsed.spec.server, true);
    });
  }

  it('gives the keywords of makeNetworkProcess', () => {
    assert.deepEqual(good('80', 'tcp', 'client').spec, { host: 'localhost', service: 80 });
    assert.deepEqual(good('[::1]:http', 'udp', 'client').spec, { type: 'datagram', host: '::1', service: 'http' });
    assert.deepEqual(good('/x', 'tcp', 'client').spec, { family: 'local', service: '/x' });
    assert.deepEqual(good('/x', 'unix', 'server').spec, { family: 'local', service: '/x', server: true });
    assert.deepEqual(good('', 'udp', 'server').spec, {
      type: 'datagram',
      host: '127.0.0.1',
      service: 0,
      server: true,
    });
  });

  it('takes a path of 107 bytes', () => {
    assert.equal(read(`/${'a'.repeat(106)}`), `unix /${'a'.repeat(106)}`);
  });

  it('reads its own labels as the same address', () => {
    for (const role of ['client', 'server'] as const) {
      for (const [text] of [...clients, ...servers]) {
        const parsed = parseAddress(text, 'tcp', role);
        if (parsed.ok) assert.deepEqual(parseAddress(parsed.label, parsed.kind, role), parsed);
      }
    }
  });

  it('knows the family that was asked for', () => {
    const spec = (text: string, role: AddressRole = 'client'): unknown => good(text, 'tcp', role).spec;
    assert.deepEqual(spec('tcp6:localhost:80'), { family: 'ipv6', host: 'localhost', service: 80 });
    assert.deepEqual(spec('udp4:localhost:80'), { type: 'datagram', family: 'ipv4', host: 'localhost', service: 80 });
    assert.deepEqual(spec('tcp6:*:80', 'server'), { host: '::', service: 80, server: true });
    assert.deepEqual(spec('tcp6:0', 'server'), { host: '::1', service: 0, server: true });
    assert.deepEqual(spec('tcp4:0', 'server'), { host: '127.0.0.1', service: 0, server: true });
    assert.equal(read('tcp6:127.0.0.1:80'), '127.0.0.1 is no IPv6 address: type one such as [::1]:PORT');
    assert.equal(read('udp4:[::1]:80'), '::1 is no IPv4 address: type one such as 127.0.0.1:PORT');
  });

  it('goes round the families', () => {
    const round = (text: string, kind: 'tcp' | 'udp'): string[] => {
      const texts = [text];
      for (let i = 0; i < 3; i++) texts.push(withNextFamily(texts.at(-1)!, kind));
      return texts.slice(1);
    };
    assert.deepEqual(round('', 'tcp'), ['tcp4:', 'tcp6:', '']);
    assert.deepEqual(round('localhost:80', 'udp'), ['udp4:localhost:80', 'udp6:localhost:80', 'localhost:80']);
    assert.deepEqual(round('UDP://x:1', 'tcp'), ['UDP4:x:1', 'UDP6:x:1', 'UDP:x:1']);
  });

  it('never throws, and always says something', () => {
    const alphabet = ['a', '1', ':', '.', '[', ']', ' ', '/', '-', '*', '~', '\0', 'é', '\udc80', '%', 'udp:', '://'];
    let seed = 1;
    const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: next(9) }, () => alphabet[next(alphabet.length)]!).join('');
      const parsed = parseAddress(text, (['tcp', 'udp', 'unix'] as const)[next(3)]!, next(2) ? 'client' : 'server');
      if (parsed.ok) assert.ok(parsed.label !== '' && parsed.spec.service !== undefined, text);
      else assert.ok(parsed.problem !== '' && parsed.advice !== '', text);
    }
  });

  it('passes its messages through the translation', () => {
    const parsed = parseAddress('70000', 'tcp', 'client', (message, ...values) => [message, ...values].join('|'));
    assert.deepEqual(parsed, { ok: false, problem: '{0} is no port|70000', advice: 'use {0} to {1}|1|65535' });
  });
});

describe('names in no folder', () => {
  before(function () {
    if (process.platform !== 'linux') cannotRun(this, 'only Linux has them');
  });

  it('are written with @, and have a zero byte for it', () => {
    for (const [kind, type] of [
      ['unix', undefined],
      ['unix-dgram', 'datagram'],
      ['unix-seqpacket', 'seqpacket'],
    ] as const) {
      const { spec, label } = good('@a name', kind, 'client');
      assert.deepEqual([spec.service, spec.family, spec.type, label], ['\0a name', 'local', type, '@a name']);
      assert.deepEqual(good(label, kind, 'client').spec, spec);
    }
    assert.equal(read('unix:@x'), 'unix @x');
  });

  it('are as long as fits, and not empty', () => {
    assert.equal(read('@', 'unix'), 'The name is missing: type @NAME');
    assert.ok(good(`@${'x'.repeat(106)}`, 'unix', 'server'));
    assert.match(read(`@${'x'.repeat(107)}`, 'unix'), /^The name has 108 bytes; 107 is the most: /);
  });
});
