import assert from 'node:assert/strict';
import { processName, unusedBufferName, unusedProcessName } from '../../../../src/ui/open/names';
import { parseAddress, type AddressKind, type AddressRole } from '../../../../src/ui/open/parseAddress';

function nameOf(text: string, kind: AddressKind, role: AddressRole): string {
  const address = parseAddress(text, kind, role);
  assert.ok(address.ok);
  return processName(address, role);
}

describe('names of processes opened by hand', () => {
  it('call a connection after its address', () => {
    assert.equal(nameOf('6379', 'tcp', 'client'), 'localhost:6379');
    assert.equal(nameOf('[::1]:53', 'udp', 'client'), '[::1]:53');
    assert.equal(nameOf('/tmp/x', 'unix', 'client'), 'x');
  });

  it('say that a server is one', () => {
    assert.equal(nameOf('', 'tcp', 'server'), 'TCP server');
    assert.equal(nameOf('8080', 'tcp', 'server'), 'TCP server 8080');
    assert.equal(nameOf('*:8080', 'udp', 'server'), 'UDP server 0.0.0.0:8080');
    assert.equal(nameOf('/tmp/x', 'unix', 'server'), 'Unix server x');
    assert.equal(nameOf('/tmp/x', 'unix-dgram', 'server'), 'Unix datagram server x');
    const protocols = (): { name: string; title: string; port: number }[] => [
      { name: 'imap', title: 'IMAP', port: 143 },
    ];
    const imap = parseAddress('1143', 'starttls', 'server', undefined, { by: 'imap', protocols });
    assert.equal(imap.ok && processName(imap, 'server'), 'IMAP server 1143');
    if (process.platform === 'linux') {
      assert.equal(nameOf('@x', 'unix-seqpacket', 'server'), 'Unix seqpacket server @x');
    }
  });

  it('count on as Emacs does', () => {
    const taken = ['a', 'a<1>', '*a*', '*a*<2>'];
    const core = {
      getProcess: (name: unknown) => (taken.includes(String(name)) ? ({} as never) : null),
      getBuffer: (name: unknown) => (taken.includes(String(name)) ? ({} as never) : null),
    };
    assert.deepEqual([unusedProcessName(core, 'b'), unusedProcessName(core, 'a')], ['b', 'a<2>']);
    assert.deepEqual([unusedBufferName(core, '*b*'), unusedBufferName(core, '*a*')], ['*b*', '*a*<3>']);
  });
});
