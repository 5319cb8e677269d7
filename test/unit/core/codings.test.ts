import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { codingNames } from '../../../src/core/coding/codingNames';
import { codingSystem } from '../../../src/core/coding/codingSystem';
import { Decoder } from '../../../src/core/coding/decoder';
import { Encoder } from '../../../src/core/coding/encoder';
import { bytesToText } from '../../../src/core/coding/utf8';
import { cases, verdict } from '../../codings/detection';
import { compared, decoded, digest, encoded, rowsOf } from '../../codings/repertoire';
import { root } from '../../tools/lib/paths.mjs';
import { seeded } from './support';

function kept<T>(name: string): T {
  return JSON.parse(readFileSync(`${root}/test/codings/${name}.json`, 'utf8')) as T;
}

type Ways<T> = { readonly decode?: T; readonly encode?: T };

const emacs = kept<{ names: Record<string, string[]>; digests: Record<string, Ways<string>> }>('emacs');
const listed = kept<{
  differences: Record<string, Ways<{ ours: string }>>;
  missing: Record<string, string>;
  detection: Record<string, string>;
}>('differences');

const asText = (text: string | Uint8Array): string => (typeof text === 'string' ? text : bytesToText(text));

function decodeAll(name: string, chunks: readonly Buffer[]): string {
  const decoder = new Decoder(codingSystem(name), () => undefined);
  return [...chunks.map((chunk) => decoder.decode(chunk)), decoder.flush()].map(asText).join('');
}

describe('every coding system', () => {
  it('goes by the names that Emacs has for it, and those not here are listed with a reason', () => {
    const ours = Object.fromEntries(codingNames().map(({ base, aliases }) => [base, aliases]));
    for (const [base, aliases] of Object.entries(emacs.names)) {
      if (!listed.missing[base]) assert.deepEqual(ours[base], aliases, base);
    }
    assert.deepEqual(
      Object.keys(ours).filter((base) => !emacs.names[base] || listed.missing[base]),
      [],
    );
  });

  for (const coding of compared()) {
    it(`${coding.base} decodes and encodes its whole repertoire as Emacs`, function () {
      this.timeout(30_000);
      const { base } = coding;
      const differences = listed.differences[base];
      assert.equal(
        digest(decoded(base, rowsOf(coding))),
        differences?.decode?.ours ?? emacs.digests[base]!.decode,
        `${base} decodes; see npm run codings`,
      );
      assert.equal(digest(encoded(base)), differences?.encode?.ours ?? emacs.digests[base]!.encode, `${base} encodes`);
    });
  }
});

describe('any chunking of any bytes', () => {
  const seed = Number(process.env.NETPROC_SEED ?? 20);

  /** Bytes of all kinds: any at all, those that begin characters and escape sequences, plain text. */
  const wireOf = (random: () => number): Buffer => {
    const byte = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
    const kinds = [
      () => [byte(0, 255)],
      () => [byte(0x80, 255), byte(0x80, 255)],
      () => [byte(0x81, 0xfe), byte(0x30, 0x39), byte(0x81, 0xfe), byte(0x30, 0x39)],
      () => [0x8f, byte(0xa1, 0xfe), byte(0xa1, 0xfe)],
      () => [...Buffer.from(['\x1b$B', '\x1b(B', '\x1b(J', '\x1b$(D', '\x1b.A', '\x1bN', '\x0e'][byte(0, 6)]!)],
      () => [...Buffer.from(['+AOk-', '&2D3eAA-', '+2D3eAA', '&AOkA6Q', '+', '&', '-', 'AOkADQAK'][byte(0, 7)]!)],
      () => [byte(0x20, 0x7e), byte(0x20, 0x7e)],
      () => [...Buffer.from('é€😀\r\n')],
    ];
    return Buffer.from(Array.from({ length: 60 }, () => kinds[byte(0, kinds.length - 1)]!()).flat());
  };

  const chunksOf = (wire: Buffer, random: () => number): Buffer[] => {
    const chunks: Buffer[] = [];
    for (let at = 0; at < wire.length;) {
      const size = 1 + Math.floor(random() * 6);
      chunks.push(wire.subarray(at, at + size));
      at += size;
    }
    return chunks;
  };

  it(`gives the same text in every coding system (seed ${seed})`, function () {
    this.timeout(60_000);
    const random = seeded(seed);
    const marks = ['', 'feff', 'fffe', 'efbbbf'].map((mark) => Buffer.from(mark, 'hex'));
    for (let i = 0; i < 30; i++) {
      const wire = Buffer.concat([marks[i % marks.length]!, wireOf(random)]);
      const chunks = chunksOf(wire, random);
      // As in Emacs, what is found out by a mark is found out by the first bytes that come.
      const whole = [wire.subarray(0, 3), ...chunksOf(wire.subarray(3), random)];
      for (const { base, signature } of compared()) {
        for (const name of [`${base}-unix`, `${base}-dos`, `${base}-mac`]) {
          assert.equal(
            decodeAll(name, signature === 'auto' ? whole : chunks),
            decodeAll(name, [wire]),
            `${name}, seed ${seed}, ${wire.toString('hex')}`,
          );
        }
      }
    }
  });

  it(`goes out as the same bytes wherever it does in Emacs, and in UTF-16 (seed ${seed})`, function () {
    this.timeout(60_000);
    // Emacs, too, loses bytes where two codes are of one character, or ASCII is none of the charset's.
    const inexact =
      /^(utf-16|utf-7|.*-with-signature|.*-auto|ebcdic|ibm038|ibm2(74|75|81|90)|adobe|lao|eucjp-ms|japanese-cp932)/;
    const exact = compared().filter(({ base, charset }) => charset !== 'iso-2022' && !inexact.test(base));
    exact.push(...compared().filter(({ base }) => base === 'utf-16be' || base === 'utf-16le'));
    assert.ok(exact.length > 80);
    const random = seeded(seed);
    for (let i = 0; i < 30; i++) {
      const any = wireOf(random);
      const wire = any.subarray(0, any.length & ~1);
      const chunks = chunksOf(wire, random);
      for (const { base } of exact) {
        const decoder = new Decoder(codingSystem(`${base}-unix`), () => undefined);
        const encoder = new Encoder(codingSystem(`${base}-unix`));
        const texts = [...chunks.map((chunk) => decoder.decode(chunk)), decoder.flush()];
        const sent = Buffer.concat(texts.map((text) => encoder.encode(text)));
        assert.equal(sent.toString('hex'), wire.toString('hex'), `${base}, seed ${seed}`);
      }
    }
  });
});

describe('UTF-7', () => {
  const seed = Number(process.env.NETPROC_SEED ?? 20);
  const texts = (name: string, wire: string, size: number): string =>
    decodeAll(
      name,
      Array.from({ length: Math.ceil(wire.length / size) }, (_, i) =>
        Buffer.from(wire.slice(i * size, (i + 1) * size), 'latin1'),
      ),
    );

  it('keeps what does not decode, whatever a read cuts', () => {
    const kept: [imap: string, text: string][] = [
      ['&', '&'],
      ['a&b', 'a&b'],
      ['&&', '&&'],
      ['& x', '& x'],
      ['&A-', '&A-'],
      ['&AA-', '&AA-'],
      ['&AOkA-x', 'ékA-x'],
      ['&AOkA', 'ékA'],
      ['&AOk\xff&AOk', 'é\udcffé'],
      ['&2D0-x', '&2D0-x'],
      ['&AOnYPQ', 'é&2D0-'],
      ['&3gDYPd4A-', '&3gA-😀'],
      ['&3P8-', '&3P8-'],
      ['\xc3&-\xc3\xa9\xe2\x82', '\udcc3&é\udce2\udc82'],
      ['&AOkADQAKAOk-\r\n', 'é\r\né\r\n'],
    ];
    for (const [wire, text] of kept) {
      for (const size of [1, 2, 3, 5, 100]) {
        assert.equal(texts('utf-7-imap-unix', wire, size), text, `${wire} by ${size}`);
        // The same but for the shift.
        const [plus, plusText] = [wire, text].map((one) => one.replaceAll('&', '+'));
        if (wire !== '&&') assert.equal(texts('utf-7-unix', plus!, size), plusText, `${plus} by ${size}`);
      }
    }
  });

  it('leaves what it has not given out to the coding system that follows it', () => {
    const decoder = new Decoder(codingSystem('utf-7-unix'), () => undefined);
    assert.equal(decoder.decode(Buffer.from('+AOkA6')), 'é');
    assert.equal(decoder.pending.toString(), 'A6');
    assert.equal(decoder.flush(), 'kA6');
    assert.equal(decoder.decode(Buffer.from('+AOk')), 'é');
    assert.equal(decoder.flush(), '');
    assert.equal(decoder.decode(Buffer.from('AOk')), 'AOk', 'afresh after the end');
  });

  it('ends each sent text unshifted, line ends as they are and raw bytes as themselves', () => {
    const sent = (name: string): string[] => {
      const encoder = new Encoder(codingSystem(name));
      return ['é', 'é\\', '+&', '-é~\n', '\udcffé\udc80'].map((text) => encoder.encode(text).toString('latin1'));
    };
    assert.deepEqual(sent('utf-7-dos'), ['+AOk-', '+AOkAXA-', '+-&', '-+AOkAfg-\r\n', '\xff+AOk-\x80']);
    assert.deepEqual(sent('utf-7-imap-mac'), ['&AOk-', '&AOk-\\', '+&-', '-&AOk-~\r', '\xff&AOk-\x80']);
  });

  for (const name of ['utf-7', 'utf-7-imap']) {
    it(`${name} gives back any texts that went out (seed ${seed})`, () => {
      const random = seeded(seed);
      const parts = [
        'a',
        '-',
        '+',
        '&',
        '+-',
        '&AOk-',
        'é',
        '日本語',
        '😀',
        '~\\/,',
        '\t\r\n',
        '\0\x7f',
        '\ufeff',
        '\udcff',
      ];
      for (let i = 0; i < 300; i++) {
        const encoder = new Encoder(codingSystem(`${name}-unix`));
        const sent = Array.from({ length: 12 }, () => parts[Math.floor(random() * parts.length)]!);
        const wire = Buffer.concat(sent.map((text) => encoder.encode(text))).toString('latin1');
        for (const size of [1, 4, 1000]) assert.equal(texts(`${name}-unix`, wire, size), sent.join(''), wire);
        const whole = new Encoder(codingSystem(`${name}-unix`)).encode(sent.join('')).toString('latin1');
        assert.equal(texts(`${name}-unix`, whole, 3), sent.join(''), whole);
      }
    });
  }
});

describe('undecided', () => {
  const { seed, count, verdicts } = kept<{ seed: number; count: number; verdicts: string[] }>('detection');

  it(`finds out what Emacs finds out, in every chunking (${count} strings, seed ${seed})`, () => {
    const wrong: string[] = [];
    const same: string[] = [];
    let i = 0;
    cases(seed, count).forEach(({ coding, chunkings }, number) => {
      for (const [chunking, chunks] of Object.entries(chunkings)) {
        const own = verdict(coding, chunks);
        const id = `${number} ${chunking}`;
        if (own === verdicts[i]) same.push(id);
        else if (!listed.detection[id]) wrong.push(`${id}: ${own}, Emacs ${verdicts[i]!}`);
        i += 1;
      }
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      same.filter((id) => listed.detection[id]),
      [],
      'listed, but the same',
    );
    assert.equal(same.length, i - Object.keys(listed.detection).length);
  });
});
