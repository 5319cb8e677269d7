import assert from 'node:assert/strict';
import { Recents, type Recent } from '../../../../src/ui/open/recents';

class Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
}

function recent(label: string, more: Partial<Recent> = {}): Recent {
  return { kind: 'tcp', role: 'client', label, time: 1, ...more };
}

describe('Recents', () => {
  it('lists the newest first, each once', async () => {
    const recents = new Recents(new Memory());
    for (const label of ['a:1', 'b:1', 'a:1']) await recents.add(recent(label));
    assert.deepEqual(
      recents.list('tcp', 'client').map((r) => r.label),
      ['a:1', 'b:1'],
    );
  });

  it('keeps kinds and roles apart', async () => {
    const recents = new Recents(new Memory());
    await recents.add(recent('a:1'));
    await recents.add(recent('a:1', { role: 'server' }));
    await recents.add(recent('a:1', { kind: 'udp' }));
    assert.equal(recents.list('tcp', 'client').length, 1);
    assert.equal(recents.lastKind('client'), 'udp');
    assert.equal(recents.lastKind('server'), 'tcp');
  });

  it('keeps 20 of each kind and role', async () => {
    const recents = new Recents(new Memory());
    await recents.add(recent('/x', { kind: 'unix' }));
    for (let i = 1; i <= 30; i++) await recents.add(recent(`a:${i}`));
    const labels = recents.list('tcp', 'client').map((r) => r.label);
    assert.equal(labels.length, 20);
    assert.deepEqual([labels[0], labels[19]], ['a:30', 'a:11']);
    assert.equal(recents.list('unix', 'client').length, 1);
  });

  it('keeps the options of the last time', async () => {
    const recents = new Recents(new Memory());
    const options = { keepalive: true, linger: null };
    await recents.add(recent('a:1', { options }));
    assert.deepEqual(recents.list('tcp', 'client')[0]?.options, options);
    await recents.add(recent('a:1'));
    assert.deepEqual(recents.list('tcp', 'client'), [recent('a:1')]);
  });

  it('forgets one', async () => {
    const recents = new Recents(new Memory());
    await recents.add(recent('a:1'));
    await recents.add(recent('b:1'));
    await recents.remove(recent('a:1', { time: 99 }));
    assert.deepEqual(
      recents.list('tcp', 'client').map((r) => r.label),
      ['b:1'],
    );
  });

  it('passes over what does not fit', () => {
    const memory = new Memory();
    const recents = new Recents(memory);
    for (const stored of [null, 'x', { length: 3 }, [null, 1, 'x', {}, { ...recent('a:1'), kind: 'sctp' }]]) {
      memory.values.set('recentAddresses', stored);
      assert.deepEqual(recents.list('tcp', 'client'), []);
      assert.equal(recents.lastKind('client'), undefined);
    }
  });
});
