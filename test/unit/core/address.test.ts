import assert from 'node:assert/strict';
import {
  endpoint,
  formatNetworkAddress,
  fromVector,
  hostText,
  inetVector,
  isLoopback,
} from '../../../src/core/address/address';
import { resolveHost, resolveService } from '../../../src/core/address/resolve';
import { codeOf } from './support';

describe('addresses', () => {
  it('go from text to numbers and back', () => {
    for (const host of ['127.0.0.1', '0.0.0.0', '255.255.255.255', '::1', '::', 'fe80::1:2', '1:2:3:4:5:6:7:8']) {
      const vector = inetVector(host, 8080);
      const back = fromVector(vector)!;
      assert.equal(back.port, 8080);
      assert.deepEqual(inetVector(back.host, 8080), vector, host);
    }
    assert.deepEqual(inetVector('::ffff:127.0.0.1', 9), [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1, 9]);
  });

  it('are refused when a number is out of its range', () => {
    for (const bad of [
      [1, 2, 3],
      [256, 0, 0, 1, 9],
      [1, 2, 3, 4, 65536],
      ['a', 0, 0, 1, 9],
      [1.5, 0, 0, 1, 9],
      'x',
      null,
    ]) {
      assert.equal(fromVector(bad), null, String(bad));
    }
  });

  it('are written as Emacs writes them', () => {
    assert.equal(formatNetworkAddress([127, 0, 0, 1, 80]), '127.0.0.1:80');
    assert.equal(formatNetworkAddress([127, 0, 0, 1, 80], true), '127.0.0.1');
    assert.equal(formatNetworkAddress([127, 0, 0, 1]), '127.0.0.1');
    assert.equal(formatNetworkAddress([0, 0, 0, 0, 0, 0, 0, 1, 80]), '[0:0:0:0:0:0:0:1]:80');
    assert.equal(formatNetworkAddress([0, 0, 0, 0, 0, 0, 0, 1]), '0:0:0:0:0:0:0:1');
    assert.equal(formatNetworkAddress('/tmp/x'), '/tmp/x');
    assert.equal(formatNetworkAddress({ family: 99, bytes: [1] }), '<Family 99>');
    for (const none of [null, [1, 2], [300, 0, 0, 1, 80], [1, 2, 3, 4, 70_000]]) {
      assert.equal(formatNetworkAddress(none), null);
    }
    assert.equal(hostText('::ffff:7f00:1'), '0:0:0:0:0:ffff:7f00:1');
    assert.equal(endpoint('::1', 80), '[::1]:80');
  });

  it('tell whether only this computer can reach them', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'])
      assert.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'fe80::1', '::ffff:10.0.0.1']) assert.ok(!isLoopback(host), host);
  });

  it('name services by number, digits and name', () => {
    assert.equal(resolveService(443, 'tcp', 'h'), 443);
    assert.equal(resolveService(' 443', 'tcp', 'h'), 443);
    assert.equal(resolveService('', 'tcp', 'h'), 0);
    assert.equal(resolveService('https', 'tcp', 'h'), 443);
    assert.throws(() => resolveService(65536, 'tcp', 'h'), { code: 'NP_ADDRESS_PORT' });
    assert.throws(() => resolveService(-1, 'tcp', 'h'), { code: 'NP_ADDRESS_PORT' });
    assert.throws(() => resolveService('toString', 'tcp', 'h'), {
      code: 'NP_RESOLVE_FAILED',
      message: 'h/toString Servname not supported for ai_socktype',
    });
  });

  it('are looked up with Emacs’ words for failures', async () => {
    assert.deepEqual(await resolveHost('127.0.0.1', null, 80, 80), [{ family: 'ipv4', host: '127.0.0.1', port: 80 }]);
    assert.throws(() => resolveHost('127.0.0.1', 'ipv6', 80, 80), {
      message: '127.0.0.1/80 Address family for hostname not supported',
    });
    assert.equal(await codeOf(Promise.resolve(resolveHost('no-such-host.invalid', null, 80, 80))), 'NP_RESOLVE_FAILED');
  });
});
