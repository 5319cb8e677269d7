import assert from 'node:assert/strict';
import { Buffer } from '../../../../src/core/buffer/buffer';
import { busyLimits, busyRate, restLimits, TailWindow, unitsAt } from '../../../../src/ui/buffers/tailWindow';

const line = `${'x'.repeat(8191)}\n`;
const KiB = 1024;

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

const add = (buffer: Buffer, text: string): void => buffer.insertAt(buffer.pointMax, text);

describe('TailWindow', () => {
  it('shows a short text whole', () => {
    const text = 'abc\n';
    assert.deepEqual(new TailWindow().take(bufferOf(text), 0, false), { text, start: 0, characters: 4 });
    assert.deepEqual(new TailWindow().take(bufferOf(''), 0, false), { text: '', start: 0, characters: 0 });
  });

  it('shows the end of a long text, from a line start', () => {
    const { text, start, characters } = new TailWindow().take(bufferOf(line.repeat(500)), 0, false);
    assert.ok(text.length <= restLimits.most && text.length > restLimits.most - 16 * KiB);
    assert.equal(start + characters, 500 * 8192);
    assert.equal(text, line.repeat(text.length / 8192));
  });

  it('only appends to a slow text until it is large, and then cuts a quarter off', () => {
    const buffer = bufferOf('');
    const window = new TailWindow();
    let before = window.take(buffer, 0, false);
    let cuts = 0;
    for (let i = 1; i <= 400; i++) {
      add(buffer, line);
      const now = window.take(buffer, 100 * i, false);
      if (now.start === before.start) assert.equal(now.text, before.text + line);
      else {
        cuts++;
        assert.ok(before.text.length > restLimits.most - 16 * KiB);
        assert.ok(now.text.length <= restLimits.cut && now.text.length > restLimits.cut - 16 * KiB);
      }
      before = now;
    }
    assert.ok(cuts >= 7 && cuts <= 9, String(cuts));
  });

  it('is smaller while much comes, and large again at rest', () => {
    const buffer = bufferOf(line.repeat(500));
    const window = new TailWindow();
    const lengths: number[] = [];
    let now = 0;
    assert.ok(window.take(buffer, now, false).text.length > busyLimits.most);
    for (let i = 0; i < 100; i++) {
      add(buffer, line.repeat(busyRate / 8192 / 2));
      lengths.push(window.take(buffer, (now += 250), false).text.length);
    }
    assert.ok(lengths.slice(0, 2).every((n) => n > busyLimits.most));
    assert.ok(lengths.slice(10).every((n) => n <= busyLimits.most));
    assert.ok(window.canWiden);
    const { text } = window.take(buffer, now + 1000, true);
    assert.ok(text.length > restLimits.most - 16 * KiB);
    assert.ok(!window.canWiden);
    add(buffer, line);
    assert.ok(window.take(buffer, now + 2000, false).text.length > restLimits.cut - 16 * KiB);
  });

  it('takes a burst for no business', () => {
    const buffer = bufferOf(line.repeat(500));
    const window = new TailWindow();
    window.take(buffer, 0, false);
    for (let now = 1000; now < 20_000; now += 1000) {
      for (let i = 0; i < 5; i++) {
        add(buffer, line.repeat(4));
        const { text } = window.take(buffer, now + 50 * i, false);
        assert.ok(text.length > busyLimits.most);
      }
    }
  });

  it('does not stay busy for what came while nobody looked', () => {
    const buffer = bufferOf(line);
    const window = new TailWindow();
    window.take(buffer, 0, false);
    add(buffer, line.repeat(3000));
    window.take(buffer, 1000, false);
    add(buffer, 'end');
    window.take(buffer, 2100, false);
    add(buffer, 'end');
    for (let i = 0; i < 60; i++) {
      add(buffer, line);
      window.take(buffer, 4000 + 200 * i, false);
    }
    assert.ok(!window.canWiden);
  });

  it('counts what the buffer itself has dropped', () => {
    const buffer = bufferOf('', 2 * 300 * KiB);
    const window = new TailWindow();
    for (let i = 0; i < 150; i++) {
      add(buffer, line);
      const { start, text } = window.take(buffer, i, false);
      assert.equal(start + text.length, (i + 1) * 8192);
    }
  });

  it('counts characters, not units', () => {
    const buffer = bufferOf('😀'.repeat(10));
    const window = new TailWindow();
    window.take(buffer, 0, false);
    add(buffer, '😀'.repeat(restLimits.most / 2));
    const cut = window.take(buffer, 1e6, false);
    assert.equal(cut.characters, restLimits.cut / 2);
    assert.equal(cut.start, 10 + restLimits.most / 2 - cut.characters);
    add(buffer, 'end');
    assert.deepEqual(window.take(buffer, 2e6, false), {
      text: `${cut.text}end`,
      start: cut.start,
      characters: cut.characters + 3,
    });
  });

  it('begins anew when the text was deleted', () => {
    const buffer = bufferOf(line.repeat(500));
    const window = new TailWindow();
    window.take(buffer, 0, false);
    buffer.delete(1, buffer.pointMax);
    assert.deepEqual(window.take(buffer, 1, false), { text: '', start: 0, characters: 0 });
    buffer.insert('new');
    assert.deepEqual(window.take(buffer, 2, false), { text: 'new', start: 0, characters: 3 });
  });
});

describe('unitsAt', () => {
  it('finds where characters begin', () => {
    assert.deepEqual(unitsAt('abc', 3, [0, 2, 3]), [0, 2, 3]);
    assert.deepEqual(unitsAt('a😀b😀', 4, [0, 1, 2, 2, 3, 4]), [0, 1, 3, 3, 4, 6]);
  });
});
