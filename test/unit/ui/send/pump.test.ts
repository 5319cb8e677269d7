import assert from 'node:assert/strict';
import { Pump, type Piece } from '../../../../src/ui/send/pump';

const kibi = 1024;

interface Sent {
  readonly size: number;
  take(): void;
  refuse(error: Error): void;
}

/** Pieces whose sending the test ends by hand. */
function byHand(sizes: readonly number[]): { pieces: AsyncGenerator<Piece>; sent: Sent[]; isLeft: () => boolean } {
  const sent: Sent[] = [];
  let left = false;
  const send = (size: number): Promise<void> =>
    new Promise((take, refuse) => {
      sent.push({ size, take, refuse });
    });
  async function* pieces(): AsyncGenerator<Piece> {
    try {
      for (const size of sizes) yield { size, bytes: size, send: () => send(size) };
    } finally {
      left = true;
    }
  }
  return { pieces: pieces(), sent, isLeft: () => left };
}

/** Each piece that is handed over takes the pump a turn of the event loop. */
const turn = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};
const never = new AbortController().signal;

describe('a pump', () => {
  it('keeps at most 1 MiB waiting, and goes on as pieces are taken', async () => {
    const { pieces, sent } = byHand(Array.from({ length: 10 }, () => 400 * kibi));
    const pump = new Pump();
    const done = pump.run(pieces, never);
    await turn();
    assert.equal(sent.length, 2);
    assert.deepEqual([pump.taken, pump.waiting], [0, 800 * kibi]);
    for (let i = 0; i < 10; i++) {
      sent[i]!.take();
      await turn();
      assert.equal(sent.length, Math.min(i + 3, 10));
    }
    assert.equal(await done, 'sent');
    assert.deepEqual([pump.taken, pump.waiting], [4000 * kibi, 0]);
  });

  it('sends a piece larger than that alone', async () => {
    const { pieces, sent } = byHand([4096 * kibi, 1]);
    const done = new Pump().run(pieces, never);
    await turn();
    assert.equal(sent.length, 1);
    sent[0]!.take();
    await turn();
    sent[1]!.take();
    assert.equal(await done, 'sent');
  });

  it('is cancelled at once although nothing is taken, and says what waits', async () => {
    const { pieces, sent, isLeft } = byHand([1, 600 * kibi, 600 * kibi]);
    const pump = new Pump();
    const cancel = new AbortController();
    const done = pump.run(pieces, cancel.signal);
    await turn();
    sent[0]!.take();
    await turn();
    cancel.abort();
    assert.equal(await done, 'cancelled');
    assert.deepEqual([pump.taken, pump.waiting, isLeft()], [1, 600 * kibi, true]);
    // What waits may fail later; nobody is told any more.
    sent[1]!.refuse(new Error('gone'));
    await turn();
  });

  it('is cancelled while the last piece waits', async () => {
    const { pieces } = byHand([5]);
    const cancel = new AbortController();
    const done = new Pump().run(pieces, cancel.signal);
    await turn();
    cancel.abort();
    assert.equal(await done, 'cancelled');
  });

  it('throws the first failure, asks for no more pieces, and knows what was taken', async () => {
    const { pieces, sent, isLeft } = byHand([10, 20, 30, 2048 * kibi, 40]);
    const pump = new Pump();
    const done = pump.run(pieces, never);
    await turn();
    assert.equal(sent.length, 3);
    sent[0]!.take();
    sent[1]!.refuse(new Error('peer gone'));
    sent[2]!.refuse(new Error('after it'));
    await assert.rejects(done, /peer gone/);
    assert.deepEqual([pump.taken, sent.length, isLeft()], [10, 3, true]);
  });
});
