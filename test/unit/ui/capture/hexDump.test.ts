import assert from 'node:assert/strict';
import { hexLines, lineCharacters, offsetText } from '../../../../src/ui/capture/hexDump';

describe('a hex dump', () => {
  it('has offset, bytes and what is printable', () => {
    assert.equal(
      hexLines(Buffer.from('GET / HTTP/1.1\r\nHost'), 16),
      '00000010  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|\n' +
        '00000020  48 6f 73 74                                       |Host|\n',
    );
    assert.equal(hexLines(new Uint8Array(0), 0), '');
    assert.equal(hexLines(new Uint8Array(16), 0).length, lineCharacters + 1);
    assert.equal(offsetText(2 ** 40), '10000000000');
  });

  it('shows nothing of any byte that could act', () => {
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const lines = hexLines(every, 0);
    assert.match(lines, /^[\x20-\x7e\n]*$/);
    const back = lines.split('\n').flatMap((line) => (line ? line.slice(10, 59).match(/[0-9a-f]{2}/g)! : []));
    assert.deepEqual(Buffer.from(back.join(''), 'hex'), Buffer.from(every));
  });
});
