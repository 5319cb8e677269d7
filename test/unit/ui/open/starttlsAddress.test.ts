import assert from 'node:assert/strict';
import { parseAddress, type AddressKind, type AskedBy } from '../../../../src/ui/open/parseAddress';

const asked: AskedBy = {
  by: 'imap',
  protocols: () => [
    { name: 'imap', title: 'IMAP', port: 143 },
    { name: 'smtp', title: 'SMTP', port: 25 },
  ],
};

function read(text: string, kind: AddressKind = 'starttls'): string {
  const parsed = parseAddress(
    text,
    kind,
    'client',
    undefined,
    kind === 'starttls' ? asked : { ...asked, by: 'nc %s %p' },
  );
  return parsed.ok ? `${parsed.kind} ${parsed.by ?? '-'} ${parsed.label}` : parsed.problem;
}

describe('addresses of TLS, STARTTLS and shells', () => {
  const rows: [text: string, kind: AddressKind, expected: string][] = [
    ['mail.example.org', 'starttls', 'starttls imap mail.example.org:143'],
    ['mail', 'starttls', 'starttls imap mail:143'],
    ['mail:993', 'starttls', 'starttls imap mail:993'],
    ['1143', 'starttls', 'starttls imap localhost:1143'],
    ['[::1]', 'starttls', 'starttls imap [::1]:143'],
    ['smtp+starttls:mail', 'starttls', 'starttls smtp mail:25'],
    ['IMAP+STARTTLS://mail', 'tcp', 'starttls imap mail:143'],
    ['gopher+starttls:mail', 'tcp', 'gopher has no STARTTLS here'],
    ['tls:localhost:443', 'tcp', 'tls - localhost:443'],
    ['tls6:443', 'starttls', 'tls - [::1]:443'],
    ['tcp:localhost:80', 'starttls', 'tcp - localhost:80'],
    ['localhost:22', 'shell', 'shell nc %s %p localhost:22'],
    ['a_b:22', 'shell', 'a_b is no host name'],
    ['/tmp/x', 'starttls', 'unix - /tmp/x'],
  ];
  for (const [text, kind, expected] of rows) {
    it(`${kind}: ${text}`, () => assert.equal(read(text, kind), expected));
  }

  it('a server takes a free port when none is typed, not the one of the protocol', () => {
    const parsed = parseAddress('imap+starttls:', 'tcp', 'server', undefined, asked);
    assert.ok(parsed.ok);
    assert.deepEqual([parsed.kind, parsed.by, parsed.label], ['starttls', 'imap', '127.0.0.1:0']);
  });
});
