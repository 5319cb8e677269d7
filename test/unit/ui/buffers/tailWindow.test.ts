import assert from 'node:assert/strict';
import { Buffer } from '../../../../src/core/buffer/buffer';
import { largestWindowUnits, TailWindow, windowUnits } from '../../../../src/ui/buffers/tailWindow';

const line = `${'x'.repeat(8191)}\n`;

function bufferOf(text: string, limitBytes = 1e9): Buffer {
  const buffer = new Buffer(
    1,
    'b',
    () => limitBytes,
    (e) => assert.fail(String(e)),
  );
  buffer.insert(text);
  return buffer;
}

describe('TailWindow', () => {
  it('shows a short text whole', () => {
    assert.deepEqual(new TailWindow().take(bufferOf('abc\n')), { text: 'abc\n', omitted: 0, cut: false });
    assert.deepEqual(new TailWindow().take(bufferOf('')), { text: '', omitted: 0, cut: false });
  });

  it('shows the end of a long text, from a line start', () => {
    const window = new TailWindow();
    const { text, omitted } = window.take(bufferOf(line.repeat(125)));
    assert.ok(text.length <= windowUnits && text.length > windowUnits - 16384);
    assert.equal(omitted + text.length, 125 * 8192);
    assert.ok(text.startsWith('x') && text.length % 8192 === 0);
  });

  it('only appends until the window is half as large again', () => {
    const buffer = bufferOf(line.repeat(125));
    const window = new TailWindow();
    let before = window.take(buffer);
    let cuts = 0;
    for (let i = 0; i < 150; i++) {
      buffer.insertAt(buffer.pointMax, line);
      const would = window.wouldCut(buffer);
      const now = window.take(buffer);
      assert.deepEqual([now.cut, now.omitted !== before.omitted], [would, would]);
      if (would) cuts++;
      else assert.equal(now.text, before.text + line);
      assert.ok(now.text.length <= largestWindowUnits);
      before = now;
    }
    assert.ok(cuts >= 8 && cuts <= 10, String(cuts));
  });

  it('counts what the buffer itself has dropped', () => {
    const buffer = bufferOf('', 2 * 300 * 1024);
    const window = new TailWindow();
    for (let i = 0; i < 150; i++) {
      buffer.insertAt(buffer.pointMax, line);
      const { text, omitted } = window.take(buffer);
      assert.equal(omitted + text.length, (i + 1) * 8192);
    }
  });

  it('counts characters, not units', () => {
    const buffer = bufferOf('😀'.repeat(10));
    const window = new TailWindow();
    window.take(buffer);
    buffer.insertAt(buffer.pointMax, '😀'.repeat(largestWindowUnits / 2));
    const cut = window.take(buffer);
    assert.equal(cut.omitted, 10 + largestWindowUnits / 2 - windowUnits / 2);
    buffer.insertAt(buffer.pointMax, 'end');
    assert.deepEqual(window.take(buffer), { text: `${cut.text}end`, omitted: cut.omitted, cut: false });
  });

  it('begins anew when the text was deleted', () => {
    const buffer = bufferOf(line.repeat(125));
    const window = new TailWindow();
    window.take(buffer);
    buffer.delete(1, buffer.pointMax);
    assert.deepEqual(window.take(buffer), { text: '', omitted: 0, cut: true });
    buffer.insert('new');
    assert.deepEqual(window.take(buffer), { text: 'new', omitted: 0, cut: false });
  });
});
