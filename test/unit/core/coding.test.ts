import assert from 'node:assert/strict';
import { codingSystem } from '../../../src/core/coding/codingSystem';
import { Decoder } from '../../../src/core/coding/decoder';
import { TextDecoder } from '../../../src/core/coding/textDecoder';
import { encodeText } from '../../../src/core/coding/encoder';
import { decodeUtf8, encodeUtf8, incompleteTail } from '../../../src/core/coding/utf8';
import { seeded, withCore } from './support';

function decodeAll(name: string, chunks: Uint8Array[]): { text: string; name: string | null; texts: string[] } {
  const decoder = new Decoder(codingSystem(name), () => undefined);
  const texts = [...chunks.map((c) => decoder.decode(c)), decoder.flush()].map((t) =>
    typeof t === 'string' ? t : Buffer.from(t).toString('latin1'),
  );
  return { text: texts.join(''), name: decoder.system?.name ?? null, texts };
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/ /g, ''), 'hex');

describe('coding', () => {
  it('keeps bytes that do not decode and sends them back', () => {
    const wire = bytes('41 ff 42 c3 28 e2 82 43 c0 80 ed a0 80 f4 90 80 80');
    const text = decodeUtf8(wire);
    assert.equal(text.slice(0, 4), 'A\udcffB\udcc3');
    assert.deepEqual(encodeUtf8(text), wire);
  });

  it('decodes any chunking of any bytes to the same text, and back to the same bytes', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const pieces = ['é', '€', '😀', 'a\r\n', '\r', '\n', 'x'.repeat(20)].map((s) => Buffer.from(s));
      const wire = Buffer.concat(
        Array.from({ length: 30 }, () =>
          random() < 0.3 ? Buffer.of(Math.floor(random() * 256)) : pieces[Math.floor(random() * pieces.length)]!,
        ),
      );
      for (const name of ['utf-8-unix', 'utf-8-dos', 'latin-1-unix', 'shift_jis-unix', 'us-ascii-mac']) {
        const whole = decodeAll(name, [wire]).text;
        const chunks: Buffer[] = [];
        for (let at = 0; at < wire.length;) {
          const length = 1 + Math.floor(random() * 5);
          chunks.push(wire.subarray(at, at + length));
          at += length;
        }
        assert.equal(decodeAll(name, chunks).text, whole, `${name} seed ${seed}`);
        if (name === 'utf-8-unix' || name === 'latin-1-unix') {
          assert.deepEqual(encodeText(codingSystem(name), whole), wire, `${name} seed ${seed}`);
        }
      }
    }
  });

  it('holds back what may be the start of a character, and nothing else', () => {
    assert.equal(incompleteTail(bytes('61')), 0);
    assert.equal(incompleteTail(bytes('e2 82')), 2);
    assert.equal(incompleteTail(bytes('f0 9f 98')), 3);
    assert.equal(incompleteTail(bytes('e2 82 ac')), 0);
    assert.equal(incompleteTail(bytes('ff')), 0);
    assert.equal(incompleteTail(bytes('80 80 80')), 0);
  });

  it('finds out line ends from the first of them, and holds a CR whose LF may follow', () => {
    assert.deepEqual(decodeAll('utf-8', [Buffer.from('a\r\nb\r\n')]), {
      text: 'a\nb\n',
      name: 'utf-8-dos',
      texts: ['a\nb\n', ''],
    });
    assert.equal(decodeAll('utf-8', [Buffer.from('a\nb\r\n')]).name, 'utf-8-unix');
    assert.equal(decodeAll('utf-8', [Buffer.from('a\rb\rc\r.')]).name, 'utf-8-mac');
    assert.deepEqual(decodeAll('utf-8', [Buffer.from('a\r'), Buffer.from('\nb')]).texts, ['a', '\nb', '']);
    assert.deepEqual(decodeAll('utf-8-dos', [Buffer.from('x\r'), Buffer.from('y')]).texts, ['x', '\ry', '']);
    assert.deepEqual(decodeAll('utf-8-dos', [Buffer.from('x\r')]).texts, ['x', '\r']);
  });

  it('decides undecided by the first bytes that are not ASCII', () => {
    assert.equal(decodeAll('undecided', [Buffer.from('plain'), Buffer.from('é')]).name, 'utf-8');
    assert.equal(decodeAll('undecided', [bytes('63 61 66 e9 20')]).name, 'iso-latin-1');
    assert.equal(decodeAll('undecided', [Buffer.from('one\r\n')]).name, 'undecided-dos');
    assert.equal(decodeAll('undecided-unix', [Buffer.from('é\r\n')]).text, 'é\r\n');
    assert.deepEqual(decodeAll('undecided', [Buffer.from('a'), bytes('00 e9'), bytes('0d 0a')]), {
      text: 'a\0\xe9\r\n',
      name: 'no-conversion',
      texts: ['a', '\0\xe9', '\r\n', ''],
    });
  });

  it('gives bytes where Emacs gives unibyte strings', () => {
    const decoder = new Decoder(codingSystem('raw-text-dos'), () => undefined);
    assert.deepEqual(decoder.decode(bytes('e9 0d 0a ff')), bytes('e9 0a ff'));
    assert.deepEqual(new Decoder(codingSystem('binary'), () => undefined).decode(bytes('0d 0a')), bytes('0d 0a'));
  });

  it('writes line ends and substitutes as Emacs', () => {
    const encode = (name: string, text: string | Uint8Array): string =>
      Buffer.from(encodeText(codingSystem(name), text)).toString('latin1');
    assert.equal(encode('utf-8-dos', 'x\ny\r\n'), 'x\r\ny\r\r\n');
    assert.equal(encode('utf-8-mac', 'x\n'), 'x\r');
    assert.equal(encode('latin-1', 'é€\udc80'), '\xe9 \x80');
    assert.equal(encode('us-ascii', 'aé😀'), 'a??');
    assert.equal(encode('utf-8-dos', Uint8Array.of(0x75, 0x0a, 0xe9)), 'u\r\n\xe9');
    assert.equal(encode('binary', 'é'), '\xc3\xa9');
  });

  it('reads table charsets when they are asked for, losslessly', () => {
    assert.equal(decodeAll('koi8-r', [bytes('c4 e8')]).text, 'дХ');
    assert.equal(decodeAll('shift_jis', [bytes('93'), bytes('fa 96 7b')]).text, '日本');
    assert.equal(decodeAll('euc-jp', [bytes('c6 fc ff 41')]).text, '日\udcffA');
    for (const at of [1, 2, 3]) {
      const smile = bytes('3d d8 00 de');
      assert.equal(decodeAll('utf-16le', [smile.subarray(0, at), smile.subarray(at)]).text, '😀');
    }
    assert.equal(decodeAll('utf-16le', [bytes('ff fe 41 00'), bytes('ff fe 42')]).text, '\ufeffA\ufeffB');
    assert.equal(decodeAll('utf-16le', [bytes('43 00 fd ff 44 00')]).text, 'C\ufffdD');
    assert.equal(decodeAll('gb18030', [bytes('84 31 a5 33 81 30'), bytes('81 30 d6')]).text, '\ufffd\x80\udcd6');
    assert.deepEqual(encodeText(codingSystem('shift_jis'), '日\udcff本'), bytes('93 fa ff 96 7b'));
  });

  it('refuses names nobody knows, and what is no name', () => {
    assert.throws(() => codingSystem('no-such-coding'), {
      code: 'NP_CODING_UNKNOWN',
      condition: 'coding-system-error',
    });
    assert.throws(() => codingSystem('__proto__'), { code: 'NP_CODING_UNKNOWN' });
    assert.throws(() => codingSystem(7), { code: 'NP_WRONG_TYPE' });
    assert.equal(codingSystem(null), null);
  });
});

describe('coding system names', () => {
  it(
    'are all known, with their aliases and ends of line, and decode what they encode',
    withCore((core) => {
      const all = core.codingSystemList();
      assert.equal(new Set(all).size, all.length);
      assert.ok(core.codingSystemList(true).every((name) => all.includes(name)));
      // These have no small letters: what there is not is written as spaces, in Emacs too.
      const unlettered = ['lao', ...core.codingSystemAliases('ibm290')];
      for (const name of all.filter((one) => !unlettered.includes(one))) {
        for (const eol of ['', '-unix', '-dos', '-mac']) {
          const system = codingSystem(name + eol)!;
          const bytes = encodeText(system, 'plain text, 12');
          const decoder = new Decoder(system, () => undefined);
          const text = decoder.decode(bytes);
          assert.equal(typeof text === 'string' ? text : Buffer.from(text).toString(), 'plain text, 12', name + eol);
        }
      }
      return Promise.resolve();
    }),
  );
});

describe('TextDecoder', () => {
  it('gives text for every system, bytes that are none as raw characters', () => {
    const bytes = Buffer.from([0x61, 0xc3, 0xa9, 0xff]);
    assert.equal(new TextDecoder('utf-8-unix').decode(bytes), 'aé\udcff');
    assert.equal(new TextDecoder('latin-1-unix').decode(bytes), 'aÃ©ÿ');
    for (const unibyte of ['no-conversion', 'raw-text-unix', null]) {
      assert.equal(new TextDecoder(unibyte).decode(bytes), 'a\udcc3\udca9\udcff');
    }
  });

  it('takes an unfinished character over from the one before', () => {
    const before = new TextDecoder('utf-8-unix');
    assert.equal(before.decode(Buffer.from([0x61, 0xc3])), 'a');
    const after = new TextDecoder('utf-8-unix', before);
    assert.equal(after.decode(Buffer.from([0xa9])), 'é');
    assert.equal(after.decode(Buffer.from([0xe2, 0x82])), '');
    assert.equal(after.flush(), '\udce2\udc82');
    assert.throws(() => new TextDecoder('no-such-coding'), /no-such-coding/);
  });

  it('tells what it found out', () => {
    const decoder = new TextDecoder('undecided-unix');
    decoder.decode(Buffer.from('é'));
    assert.equal(decoder.coding, 'utf-8-unix');
  });
});
