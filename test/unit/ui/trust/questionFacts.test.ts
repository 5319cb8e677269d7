import assert from 'node:assert/strict';
import { detailOf, isPlain } from '../../../../src/ui/trust/questionFacts';

describe('the question of trust', () => {
  const pin = `sha256:${'0'.repeat(64)}`;

  it('has what a key is compared by apart, from the line of the core’s own', () => {
    assert.deepEqual(detailOf(`Key: RSA, 2048 bits, ${pin}`), { text: 'Key: RSA, 2048 bits', pin });
  });

  for (const line of [
    'Subject: CN=good, sha256:0000',
    `Subject: CN=Key: RSA, 2048 bits, ${pin}`,
    `Names: DNS:good, ${pin}`,
    `Issuer: CN=good, ${pin}`,
    `Key: RSA, 2048 bits, ${pin}, and more`,
  ]) {
    it(`leaves whole what a stranger may have written: ${line}`, () => {
      assert.deepEqual(detailOf(line), { text: line, pin: null });
    });
  }

  it('says that a connection is not encrypted by what is wrong, not by the lack of a certificate', () => {
    const ask = (...names: string[]): boolean => isPlain({ problems: names.map((name) => ({ name, text: name })) });
    assert.deepEqual([ask(':unencrypted'), ask('was-encrypted')], [true, true]);
    assert.deepEqual([ask('anon-kx'), ask('null-suite', ':invalid')], [false, false]);
  });
});
