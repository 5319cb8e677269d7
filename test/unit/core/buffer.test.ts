import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../src/core';
import { TextStore } from '../../../src/core/buffer/textStore';
import { seeded } from './support';

describe('buffers', () => {
  it('stores text like a plain array of characters, whatever is done to it', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const pick = (n: number): number => Math.floor(random() * n);
      const store = new TextStore();
      let model: string[] = [];
      for (let step = 0; step < 40; step++) {
        const words = ['a', 'é\n', '😀', '\udcff', 'x'.repeat(pick(9000)), '😀y'.repeat(pick(4000))];
        if (random() < 0.7) {
          const at = random() < 0.6 ? model.length : pick(model.length + 1);
          const text = words[pick(words.length)]!;
          store.insert(at, text);
          model = [...model.slice(0, at), ...text, ...model.slice(at)];
        } else {
          const at = pick(model.length + 1);
          const count = pick(Math.min(model.length - at, 5000) + 1);
          store.delete(at, count);
          model = [...model.slice(0, at), ...model.slice(at + count)];
        }
        assert.equal(store.chars, model.length, `seed ${seed} step ${step}`);
        const [a, b] = [pick(model.length + 1), pick(model.length + 1)].sort((x, y) => x - y) as [number, number];
        assert.equal(store.slice(a, b), model.slice(a, b).join(''), `seed ${seed} step ${step}`);
      }
      assert.equal(store.units, model.join('').length, `seed ${seed}`);
    }
  });

  it('takes no more memory than its text', () => {
    const store = new TextStore();
    const before = process.memoryUsage().arrayBuffers;
    store.insert(0, 'x'.repeat(1_000_000));
    const held = process.memoryUsage().arrayBuffers - before;
    assert.ok(held > 900_000 && held < 1_200_000, String(held));
    store.delete(0, store.chars);
    assert.deepEqual([store.chars, store.units], [0, 0]);
  });

  it('moves point, markers and restriction with the text', () => {
    const core = createNetworkProcesses();
    const buffer = core.getBufferCreate('b');
    buffer.insert('before 😀 after');
    assert.equal(buffer.size, 14);
    const stays = buffer.makeMarker(8);
    const advances = buffer.makeMarker(8, true);
    buffer.insertAt(8, 'xx');
    assert.deepEqual([stays.position, advances.position, buffer.point], [8, 10, 17]);
    buffer.narrowToRegion(8, 11);
    assert.equal(buffer.text(), 'xx😀');
    assert.throws(() => buffer.text(1, 3), { code: 'NP_ARGS_OUT_OF_RANGE', condition: 'args-out-of-range' });
    assert.throws(() => buffer.delete(1, 3), { code: 'NP_ARGS_OUT_OF_RANGE' });
    buffer.gotoChar(99);
    assert.equal(buffer.point, 11);
    buffer.widen();
    buffer.delete(1, 9);
    assert.deepEqual([stays.position, advances.position, buffer.fullText()], [1, 2, 'x😀 after']);
    buffer.readOnly = true;
    assert.throws(() => buffer.insert('no'), { code: 'NP_BUFFER_READ_ONLY' });
    core.dispose();
  });

  it('drops the oldest text beyond its limit and counts it', () => {
    const core = createNetworkProcesses();
    core.options.bufferTextBytes = 200_000;
    const buffer = core.getBufferCreate('b');
    const marker = buffer.makeMarker(1);
    for (let i = 0; i < 40; i++) buffer.insert(`${String(i).padStart(4, '0')}${'.'.repeat(9_995)}\n`);
    assert.ok(buffer.size * 2 <= 200_000, `${buffer.size} characters`);
    assert.equal(buffer.size + buffer.trimmed, 400_000);
    assert.equal(marker.position, 1);
    assert.ok(buffer.fullText().endsWith('.\n') && buffer.fullText().includes('0039'));
    const tail = buffer.tail(15_000);
    assert.ok(tail.text.startsWith('0039') && tail.omitted + tail.text.length === buffer.size);
    const raw = core.getBufferCreate('raw');
    raw.insert(`😀${'\udcff'.repeat(20)}`);
    assert.deepEqual(raw.tail(20), { text: '\udcff'.repeat(20), omitted: 1 });
    assert.deepEqual(raw.tail(21), { text: '\udcff'.repeat(20), omitted: 1 });
    const long = core.getBufferCreate('long');
    long.insert(`${'x'.repeat(90_000)}\nend\n`);
    assert.equal(long.tail(70_000).text.length, 70_000);
    assert.equal(long.tail(60_000).text, 'end\n');
    core.dispose();
  });

  it('turns characters to bytes and back with the multibyte flag', () => {
    const core = createNetworkProcesses();
    const buffer = core.getBufferCreate('b');
    buffer.insert('é');
    buffer.setMultibyte(false);
    assert.equal(buffer.fullText(), '\udcc3\udca9');
    buffer.setMultibyte(true);
    assert.equal(buffer.fullText(), 'é');
    core.dispose();
  });

  it('is dead once killed', () => {
    const core = createNetworkProcesses();
    const buffer = core.getBufferCreate('b');
    buffer.insert('text');
    const marker = buffer.makeMarker();
    const names: (string | null)[] = [];
    core.onDidKillBuffer((b) => names.push(b.name));
    core.killBuffer('b');
    assert.deepEqual(
      [buffer.live, buffer.name, marker.position, core.getBuffer('b'), names],
      [false, null, null, null, [null]],
    );
    assert.throws(() => buffer.insert('x'), { code: 'NP_BUFFER_DEAD' });
    assert.throws(() => core.getBufferCreate(''), { code: 'NP_BUFFER_NAME' });
    assert.throws(() => core.killBuffer('b'), { code: 'NP_BUFFER_DEAD' });
    core.dispose();
  });
});
