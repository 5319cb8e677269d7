import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Damage {
  readonly row: string;
  readonly what: string;
  readonly file: string;
  readonly from: string;
}

const root = process.cwd();
const damages = JSON.parse(readFileSync(join(root, 'test/unit/checklist/breaks.json'), 'utf8')) as Damage[];

describe('the damages that prove the checklist', () => {
  for (const { row, what, file, from } of damages) {
    it(`find their place: ${row}, ${what}`, () => {
      assert.equal(readFileSync(join(root, file), 'utf8').split(from).length, 2);
    });
  }
});
