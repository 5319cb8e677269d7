import assert from 'node:assert/strict';
import { createNetworkProcesses, type NetworkProcessSpec } from '../../../../src/core';
import { exposedHost } from '../../../../src/ui/api/exposedHost';

describe('servers of other extensions', () => {
  const core = createNetworkProcesses();
  after(() => core.dispose());

  const rows: [NetworkProcessSpec, string | null][] = [
    [{ host: '0.0.0.0', service: 80 }, null],
    [{ server: true, service: true }, null],
    [{ server: true, host: 'local', service: true }, null],
    [{ server: true, host: '127.0.0.1', service: true }, null],
    [{ server: true, host: 'localhost', service: true }, null],
    [{ server: true, family: 'local', host: '0.0.0.0', service: '/tmp/x' }, null],
    [{ server: true, local: '/tmp/x' }, null],
    [{ server: true, local: [127, 0, 0, 1, 0] }, null],
    [{ server: true, local: [0, 0, 0, 0, 0, 0, 0, 1, 0] }, null],
    [{ server: true, host: '0.0.0.0', local: '/tmp/x' }, null],
    [{ server: true, local: { family: 1, bytes: [47, 120] } }, null],
    [{ server: true, local: {} }, null],
    [{ server: true, host: '0.0.0.0', service: true }, '0.0.0.0'],
    [{ server: true, host: '::', local: false, service: true }, '::'],
    [{ server: true, local: { family: 2, bytes: [0, 80, 0, 0, 0, 0] } }, '<Family 2>'],
    [{ server: 0, host: '::', service: true }, '::'],
    [{ server: '', host: '::', service: true }, '::'],
    [{ server: true, type: 'datagram', host: 'some.host', service: 9 }, 'some.host'],
    [{ server: true, host: '127.0.0.1', local: [0, 0, 0, 0, 80] }, '0.0.0.0'],
  ];
  for (const [spec, expected] of rows) {
    it(`${expected === null ? 'are not asked about' : 'are asked about'}: ${JSON.stringify(spec)}`, () => {
      assert.equal(exposedHost(spec, core), expected);
    });
  }
});
