import assert from 'node:assert/strict';
import type { Row } from '../../../../src/ui/rows/row';
import { RowModel, type RowChange } from '../../../../src/ui/rows/rowModel';
import { fakeBuffer, FakeCore, type FakeProcess } from '../fakeCore';

describe('RowModel', () => {
  let core: FakeCore;
  let changes: RowChange[];
  let model: RowModel;

  beforeEach(() => {
    core = new FakeCore();
    changes = [];
    model = new RowModel(core, (change) => changes.push(change));
  });

  const names = (rows: Iterable<Row>): string[] => [...rows].map((row) => row.process.name);
  const rowOf = (process: FakeProcess): Row => {
    const row = model.rowOf(process);
    assert.ok(row);
    return row;
  };
  const server = (name: string): FakeProcess => core.add({ name, isServer: true, status: 'listen' });

  it('puts servers before connections, each in the order they came', () => {
    core.add({ name: 'a' });
    server('s');
    core.add({ name: 'b' });
    server('t');
    assert.deepEqual(names(model.topLevel()), ['s', 't', 'a', 'b']);
    assert.deepEqual(names(model.all()), ['t', 'b', 's', 'a']);
  });

  it('nests accepted clients below their server', () => {
    const s = server('s');
    const c = core.add({ name: 'c', server: s });
    assert.deepEqual(names(model.topLevel()), ['s']);
    assert.deepEqual(names(rowOf(s).children), ['c']);
    assert.equal(rowOf(c).parent, rowOf(s));
  });

  it('moves clients to the top level when their server’s row goes', () => {
    const s = server('s');
    const c = core.add({ name: 'c', server: s });
    core.end(s);
    assert.deepEqual(names(model.topLevel()), ['s']);
    model.remove(rowOf(s));
    assert.deepEqual(names(model.topLevel()), ['c']);
    assert.equal(rowOf(c).parent, null);
    const late = core.add({ name: 'late', server: s });
    assert.equal(rowOf(late).parent, null);
  });

  it('tells that a row is gone, when it is', () => {
    const p = core.add({ name: 'a' });
    const row = rowOf(p);
    core.end(p);
    changes.length = 0;
    model.remove(row);
    assert.deepEqual(changes.at(-1), { row, kind: 'removed' });
    assert.equal(model.has(row), false);
    model.remove(row);
    assert.equal(changes.filter(({ kind }) => kind === 'removed').length, 1);
  });

  it('keeps a finished process readable under its own id while the name is used again', () => {
    const first = core.add({ name: 'x' });
    core.end(first);
    const second = core.add({ name: 'x' });
    assert.deepEqual(names(model.topLevel()), ['x', 'x']);
    assert.notEqual(rowOf(first).id, rowOf(second).id);
    assert.ok(rowOf(first).traits.has('finished'));
    assert.equal(model.count('live'), 1);
    assert.equal(model.count('finished'), 1);
  });

  it('leaves nothing of a connection that was never open', () => {
    const p = core.add({ status: 'connect', times: { created: 0, opened: null, ended: null } });
    assert.equal(model.topLevel().length, 1);
    core.end(p, 'deleted\n');
    assert.equal(model.topLevel().length, 0);
    assert.equal(model.count('live') + model.count('finished'), 0);
  });

  it('shows a connection without waiting that failed, until it is deleted', () => {
    const p = core.add({ status: 'connect', times: { created: 0, opened: null, ended: null } });
    p.status = 'failed';
    core.tell(p, 'state');
    assert.ok(rowOf(p).traits.has('finished'));
    assert.ok(rowOf(p).traits.has('reconnectable'));
    core.end(p, 'deleted\n');
    assert.equal(model.rowOf(p), undefined);
  });

  it('removes a row once', () => {
    const p = core.add();
    const row = rowOf(p);
    core.end(p);
    model.remove(row);
    model.remove(row);
    assert.equal(model.topLevel().length, 0);
    assert.equal(model.count('finished'), 0);
    assert.equal(model.has(row), false);
  });

  it('tells what changed and nothing else', () => {
    const s = server('s');
    const c = core.add({ name: 'c', server: s });
    for (let i = 0; i < 1000; i++) core.add();
    changes.length = 0;
    core.tell(c, 'traffic');
    assert.deepEqual(changes, [{ row: rowOf(c), kind: 'traffic' }]);
    changes.length = 0;
    core.end(c);
    assert.deepEqual(new Set(changes.map((change) => change.row)), new Set([rowOf(c), rowOf(s)]));
  });

  it('finds the newest live process of a buffer, else the newest', () => {
    const buffer = fakeBuffer('b');
    const old = core.add({ buffer });
    const middle = core.add({ buffer });
    const newest = core.add({ buffer });
    core.end(newest);
    assert.equal(model.rowOfBuffer(buffer), rowOf(middle));
    core.end(middle);
    core.end(old);
    assert.equal(model.rowOfBuffer(buffer), rowOf(newest));
    assert.equal(model.rowOfBuffer(fakeBuffer('other')), undefined);
  });

  it('notices that a buffer was killed', () => {
    const buffer = fakeBuffer('b');
    const p = core.add({ buffer });
    assert.equal(model.count('hasBuffer'), 1);
    core.end(p);
    buffer.live = false;
    core.kills.fire(buffer);
    assert.equal(model.count('hasBuffer'), 0);
  });

  it('drops the oldest finished rows past 1,000 and counts them; failed ones stay while registered', () => {
    const failed = core.add({ status: 'failed', times: { created: 0, opened: null, ended: null } });
    const processes = Array.from({ length: 1010 }, () => core.add());
    for (const p of processes) core.end(p);
    assert.equal(model.count('finished'), 1000);
    assert.equal(model.dropped, 11);
    assert.ok(model.rowOf(failed));
    assert.equal(model.rowOf(processes[10] as FakeProcess), undefined);
    assert.ok(model.rowOf(processes[11] as FakeProcess));
    model.forgetDropped();
    assert.equal(model.dropped, 0);
  });

  it('stops listening when disposed', () => {
    model.dispose();
    core.add();
    assert.equal(model.topLevel().length, 0);
    assert.equal(core.changes.size + core.kills.size, 0);
  });

  describe('reconnecting', () => {
    const connecting = { status: 'connect', times: { created: 0, opened: null, ended: null } } as const;
    let old: FakeProcess;
    let row: Row;

    beforeEach(() => {
      core.add({ name: 'before' });
      old = core.add({ name: 'x', buffer: fakeBuffer('x') });
      core.add({ name: 'after' });
      row = rowOf(old);
      core.end(old);
    });

    /** Emits `added` first and settles later, as the core does. */
    function reconnect(process: FakeProcess): { done: Promise<unknown>; settle: (error?: Error) => void } {
      let settle: (error?: Error) => void = () => undefined;
      const made = new Promise<FakeProcess>((resolve, reject) => {
        settle = (error) => (error ? reject(error) : resolve(process));
      });
      const done = model.takeOver(row, () => {
        core.tell(process, 'added');
        return made;
      });
      return { done, settle };
    }

    const again = (): FakeProcess =>
      core.make({ name: 'x', buffer: old.buffer, ...connecting, times: { ...connecting.times } });

    it('puts the new process into the row, at its place', async () => {
      const id = row.id;
      const process = again();
      const { done, settle } = reconnect(process);
      assert.equal(row.process, process);
      assert.deepEqual(names(model.topLevel()), ['before', 'x', 'after']);
      assert.ok(row.traits.has('live'));
      settle();
      await done;
      assert.equal(rowOf(process).id, id);
      assert.equal(model.rowOf(old), undefined);
      assert.equal(model.count('finished'), 0);
      assert.equal(model.count('live'), 3);
    });

    it('knows the new process by the name of a buffer that was killed and made again', async () => {
      (old.buffer as ReturnType<typeof fakeBuffer>).live = false;
      core.kills.fire(old.buffer!);
      const process = again();
      process.buffer = fakeBuffer('x');
      const { done, settle } = reconnect(process);
      assert.equal(row.process, process);
      settle();
      await done;
    });

    it('shows the old process again when it fails', async () => {
      const process = again();
      const { done, settle } = reconnect(process);
      core.end(process, 'failed with code 111\n');
      assert.equal(row.process, old);
      settle(new Error('refused'));
      await assert.rejects(done, /refused/);
      assert.equal(row.process, old);
      assert.ok(row.traits.has('finished'));
      assert.equal(model.rowOf(process), undefined);
      assert.equal(model.topLevel().length, 3);
    });

    it('gives the row to the right process when another with that buffer and name came first', async () => {
      const stranger = core.make({ name: 'x', buffer: old.buffer });
      const process = again();
      await model.takeOver(row, async () => {
        core.tell(stranger, 'added');
        assert.equal(row.process, stranger);
        core.tell(process, 'added');
        return process;
      });
      assert.equal(model.rowOf(process), row);
      assert.notEqual(rowOf(stranger), row);
      assert.equal(model.topLevel().length, 4);
      assert.equal(model.count('live'), 4);
    });

    it('does not bring back a row that was deleted meanwhile', async () => {
      const process = again();
      const { done, settle } = reconnect(process);
      core.end(process, 'deleted\n');
      model.remove(row);
      settle(new Error('cancelled'));
      await assert.rejects(done);
      assert.deepEqual(names(model.topLevel()), ['before', 'after']);
    });

    it('keeps the row of a failed process that is deleted to free its name', async () => {
      const failed = core.add({ ...connecting, status: 'failed', times: { ...connecting.times }, name: 'f' });
      const failedRow = rowOf(failed);
      const process = core.make({ name: 'f' });
      await model.takeOver(failedRow, async () => {
        core.end(failed, 'deleted\n');
        core.tell(process, 'added');
        return process;
      });
      assert.equal(model.rowOf(process), failedRow);
    });
  });
});
