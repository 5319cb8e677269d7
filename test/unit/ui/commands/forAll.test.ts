import assert from 'node:assert/strict';
import { forAll } from '../../../../src/ui/commands/forAll';

describe('forAll', () => {
  it('does all and reports every failure', async () => {
    const done: number[] = [];
    const act = (n: number): void => {
      done.push(n);
      if (n % 2 === 1) throw new Error(String(n));
    };
    await assert.rejects(forAll([1, 2, 3], act), (error) => {
      assert.ok(error instanceof AggregateError);
      assert.deepEqual(
        error.errors.map((e) => (e as Error).message),
        ['1', '3'],
      );
      return true;
    });
    assert.deepEqual(done, [1, 2, 3]);
    await forAll([], act);
  });
});
