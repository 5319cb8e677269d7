import assert from 'node:assert/strict';
import { reconnectSpec } from '../../../../src/ui/commands/reconnectSpec';
import { Row } from '../../../../src/ui/rows/row';
import { fakeBuffer, FakeCore, noSentinel, type FakeProcess } from '../fakeCore';

describe('reconnectSpec', () => {
  const core = new FakeCore();
  const specOf = (facts: Partial<FakeProcess>, bufferName: string | null = null): Record<string, unknown> => {
    const row = new Row('process-1', core.make(facts));
    row.bufferName = bufferName;
    return { ...reconnectSpec(row, core) };
  };

  it('asks a client’s target anew and does not pin what it learned', () => {
    const buffer = fakeBuffer('b');
    const contact = {
      name: 'redis',
      host: 'localhost',
      service: 6379,
      nowait: true,
      custom: 7,
      buffer: 'b',
      remote: [127, 0, 0, 1, 6379],
      local: [127, 0, 0, 1, 40000],
    };
    assert.deepEqual(specOf({ contact, buffer, plist: new Map([['k', 1]]) }), {
      name: 'redis',
      host: 'localhost',
      service: 6379,
      custom: 7,
      buffer,
      filter: null,
      sentinel: noSentinel,
      plist: new Map([['k', 1]]),
      noquery: false,
    });
  });

  it('keeps the address of a client that was given one', () => {
    const spec = specOf({ contact: { name: 'x', remote: [127, 0, 0, 1, 9], local: [127, 0, 0, 1, 40000] } });
    assert.deepEqual(spec['remote'], [127, 0, 0, 1, 9]);
    assert.equal('local' in spec, false);
  });

  it('keeps a server’s port and log function', () => {
    const log = (): void => undefined;
    const local = [127, 0, 0, 1, 39383];
    const contact = { name: 's', server: true, host: 'localhost', service: 39383, local, log };
    const spec = specOf({ isServer: true, contact });
    assert.equal(spec['service'], 39383);
    assert.equal(spec['local'], local);
    assert.equal(spec['log'], log);
  });

  it('makes a killed buffer again under its name, and none where there was none', () => {
    const contact = { name: 'p' };
    assert.equal(specOf({ contact, buffer: { ...fakeBuffer('b'), live: false } }, '*p*')['buffer'], '*p*');
    assert.equal(specOf({ contact }, '*p*')['buffer'], '*p*');
    assert.equal(specOf({ contact })['buffer'], null);
  });

  it('keeps a filter of one’s own', () => {
    const filter = (): void => undefined;
    assert.equal(specOf({ contact: { name: 'p', filter } })['filter'], filter);
  });
});
