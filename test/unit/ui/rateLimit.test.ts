import assert from 'node:assert/strict';
import { RateLimit } from '../../../src/ui/rateLimit';

describe('RateLimit', () => {
  it('lets one of a kind through per interval and counts the others', () => {
    let time = 0;
    const limit = new RateLimit(1000, () => time);
    assert.equal(limit.take('filter'), 0);
    assert.equal(limit.take('sentinel'), 0);
    time = 500;
    assert.equal(limit.take('filter'), null);
    time = 999;
    assert.equal(limit.take('filter'), null);
    time = 1000;
    assert.equal(limit.take('filter'), 2);
    time = 2000;
    assert.equal(limit.take('filter'), 0);
  });
});
