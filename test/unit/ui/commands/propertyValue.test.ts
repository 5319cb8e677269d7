import assert from 'node:assert/strict';
import { parseProperty, propertyText } from '../../../../src/ui/commands/propertyValue';

describe('the value of a property', () => {
  const values = [
    0,
    -1.5,
    true,
    false,
    null,
    '',
    'text',
    '12',
    'true',
    '"quoted"',
    '[1',
    [1, ['a', null]],
    { a: { b: [] } },
  ];
  for (const value of values) {
    it(`${JSON.stringify(value)} is read from its own text`, () => {
      assert.deepEqual(parseProperty(propertyText(value)!), value);
    });
  }

  it('is the text where it is no JSON', () => {
    assert.deepEqual(
      [parseProperty('dark green'), parseProperty("'a'"), parseProperty('{a: 1}')],
      ['dark green', "'a'", '{a: 1}'],
    );
    assert.equal(propertyText('dark green'), 'dark green');
    assert.equal(propertyText('12'), '"12"');
  });

  it('is one harmless line, and the number that was typed', () => {
    for (const value of ['a\nb', '\u202egnp', '\x1b[31m', '\udc80', ['\u2066', 'é']]) {
      const text = propertyText(value)!;
      assert.match(text, /^[\x20-\x7eé]+$/);
      assert.deepEqual(parseProperty(text), value);
    }
    assert.equal(parseProperty('12345678901234567890'), '12345678901234567890');
    assert.equal(parseProperty('1e3'), 1000);
  });

  it('has no text where JSON has no such value, and nobody’s code runs', () => {
    const trap = Object.defineProperty({}, 'x', { enumerable: true, get: () => assert.fail('a getter ran') });
    const odd = [undefined, NaN, Infinity, 1n, () => 1, Symbol('s'), new Map(), new Date(), trap, [trap]];
    for (const value of [...odd, { a: new Map() }]) assert.equal(propertyText(value), null);
  });
});
