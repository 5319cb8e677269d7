import assert from 'node:assert/strict';
import { isSwitchedOff } from '../../support/nativeSockets';
import rows from './rows.json';

/** All rows of this run, with those of its files that a --grep leaves out. */
function titles(suite: Mocha.Suite): string[] {
  return [...suite.tests.map((test) => test.title), ...suite.suites.flatMap(titles)];
}

const idOf = (title: string): string | null => /^([A-Z]{3}-\d\d) /.exec(title)?.[1] ?? null;

describe('the checklist', () => {
  // Rows that take native sockets are left out of a run without them.
  if (isSwitchedOff) return;

  it('has a test for every row in scope, and no test of another', function () {
    let all = this.test!.parent!;
    while (all.parent) all = all.parent;
    const tested = new Set(titles(all).map(idOf));
    tested.delete(null);
    const inScope = rows.filter((row) => !('later' in row) && !('justified' in row)).map(({ id }) => id);
    assert.deepEqual([...tested].sort(), inScope.sort());
  });
});
