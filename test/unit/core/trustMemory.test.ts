import assert from 'node:assert/strict';
import type { TrustRecord, TrustStore } from '../../../src/core';
import { TrustMemory } from '../../../src/core/trust/trustMemory';
import { plainServer, withCore } from './support';
import { tlsServer, trustOurs } from './tlsSupport';

const record = (host: string, lasting = true): TrustRecord => ({ host, keys: [], conditions: [], lasting, time: 0 });
const hosts = (memory: TrustMemory): string[] => memory.all().map(({ host }) => host);

describe('what two programs remember in one store', () => {
  let kept: readonly TrustRecord[];
  let one: TrustMemory;
  let other: TrustMemory;

  beforeEach(() => {
    kept = [record('first:1')];
    const store: TrustStore = { load: () => kept, save: (records) => void (kept = records) };
    [one, other] = [new TrustMemory(assert.ifError), new TrustMemory(assert.ifError)];
    for (const memory of [one, other]) memory.store = store;
  });

  it('is not overwritten by the other', () => {
    one.remember(record('one:1'));
    other.remember(record('other:1'));
    one.remember(record('again:1'));
    const all = ['first:1', 'one:1', 'other:1', 'again:1'];
    assert.deepEqual([hosts(one), hosts(other), kept.map(({ host }) => host)], [all, all, all]);
  });

  it('is gone for both once it is removed, and does not come back', () => {
    one.remember(record('one:1'));
    assert.ok(other.forget('one:1'));
    assert.equal(one.find('one:1'), null);
    assert.equal(one.forget('one:1'), false);
    one.remember(record('another:1'));
    assert.ok(one.forget('first:1'));
    assert.deepEqual([hosts(other), kept.map(({ host }) => host)], [['another:1'], ['another:1']]);
  });

  it('is each one’s own until its end where it was not for good', () => {
    one.remember(record('session:1', false));
    other.remember(record('other:1'));
    assert.deepEqual(
      [hosts(one), hosts(other)],
      [
        ['first:1', 'other:1', 'session:1'],
        ['first:1', 'other:1'],
      ],
    );
    assert.ok(!kept.some(({ lasting }) => !lasting));
  });

  it('is told apart by how long it holds', () => {
    one.remember(record('first:1', false));
    assert.deepEqual([one.find('first:1')?.lasting, one.findLasting('first:1')?.lasting], [false, true]);
    one.remember(record('session:1', false));
    assert.equal(one.findLasting('session:1'), null);
  });

  it('is listed as copies', () => {
    (one.all()[0]!.keys as string[]).push('sha256:00');
    assert.deepEqual([one.find('first:1')?.keys, kept[0]!.keys], [[], []]);
  });

  it('holds until the end where the store cannot save it, and that is told', () => {
    const told: unknown[] = [];
    const full = new Error('no room');
    const memory = new TrustMemory((error) => told.push(error));
    const fail = (): void => {
      throw full;
    };
    memory.store = { load: () => kept, save: fail };
    memory.remember(record('one:1'));
    assert.deepEqual([told, memory.find('one:1')?.lasting], [[full], false]);
    // What cannot be removed is not said to be.
    assert.throws(() => memory.forget('first:1'), full);
    assert.ok(memory.find('first:1'));
  });

  it('holds until the end where the store cannot be read just then, and that is told', () => {
    const told: unknown[] = [];
    const gone = new Error('no such file');
    const memory = new TrustMemory((error) => told.push(error));
    let isGone = false;
    const load = (): readonly TrustRecord[] => {
      if (isGone) throw gone;
      return kept;
    };
    memory.store = { load, save: (records) => void (kept = records) };
    isGone = true;
    memory.remember(record('one:1'));
    assert.deepEqual(told, [gone]);
    isGone = false;
    assert.deepEqual([memory.find('one:1')?.lasting, hosts(memory)], [false, ['first:1', 'one:1']]);
  });

  it(
    'refuses what is judged while it cannot be read, with the reason, and nothing else',
    withCore(async (core) => {
      trustOurs(core);
      const gone = new Error('no such file');
      let isGone = false;
      const load = (): readonly TrustRecord[] => {
        if (isGone) throw gone;
        return [];
      };
      core.options.trustStore = { load, save: () => undefined };
      isGone = true;
      const encrypted = await tlsServer({});
      const plain = await plainServer(() => undefined);
      const spec = { name: 'c', host: 'localhost', service: encrypted.port, tlsParameters: {} };
      const warned = { type: 'plain', warnUnlessEncrypted: true, returnList: true as const };
      const openPlain = () => core.openNetworkStream('c', null, 'localhost', plain.port, warned);
      const message = /what is remembered of hosts cannot be read: no such file/;
      await assert.rejects(core.makeNetworkProcess(spec), { code: 'NP_TLS_REFUSED', message, cause: gone });
      const { process, failure } = await openPlain();
      assert.deepEqual([process, failure?.code, failure?.cause], [null, 'NP_TLS_REFUSED', gone]);
      for (const unjudged of [{ networkSecurityLevel: 'low' }, { trustLocalNetwork: true }] as const) {
        Object.assign(core.options, { networkSecurityLevel: 'medium', trustLocalNetwork: false }, unjudged);
        assert.equal((await core.makeNetworkProcess(spec))?.status, 'open');
        assert.equal((await openPlain()).process?.status, 'open');
      }
      encrypted.close();
      plain.close();
    }),
  );
});
