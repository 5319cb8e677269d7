import assert from 'node:assert/strict';
import { bufferPath, idOfPath } from '../../../../src/ui/buffers/bufferPath';

describe('bufferPath', () => {
  const names = [
    '*localhost:80*',
    '/tmp/x',
    '../../etc/passwd',
    '%2f%00?#',
    'a\0b',
    '',
    '\\',
    '\u202etxt',
    'x'.repeat(4096),
  ];
  for (const name of names) {
    it(`gives ${JSON.stringify(name.slice(0, 20))} one segment and finds the id again`, () => {
      const path = bufferPath('7-abc', name);
      assert.equal(path.split('/').length, 3);
      assert.ok(path.length < 220 && path.length > '/7-abc.netproc/'.length);
      assert.doesNotMatch(path, /[\0-\x1f\u202e\\]/);
      assert.equal(idOfPath(path), '7-abc');
    });
  }

  it('finds no id in other paths', () => {
    for (const path of ['', '/', '/7-abc', '/7-abc/x', '/.netproc/x']) assert.equal(idOfPath(path), '');
  });

  it('keeps names readable', () => {
    assert.equal(bufferPath('1-a', '*localhost:80*'), '/1-a.netproc/*localhost:80*');
    assert.equal(bufferPath('1-a', '*/tmp/x*'), '/1-a.netproc/*∕tmp∕x*');
  });
});
