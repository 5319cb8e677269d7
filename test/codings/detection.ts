/**
 * Byte strings of all kinds that detection decides on, made by a seed, each in three chunkings; and what our decoder
 * finds out, to be compared with what an Emacs network process finds out.
 */
import { seeded } from '../unit/core/support';
import { codingSystem } from '../../src/core/coding/codingSystem';
import { Decoder } from '../../src/core/coding/decoder';
import { bytesToText, encodeUtf8 } from '../../src/core/coding/utf8';

export interface Case {
  readonly coding: string;
  /** By the name of the chunking. */
  readonly chunkings: Readonly<Record<string, readonly Buffer[]>>;
}

export function cases(seed: number, count: number): Case[] {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const hex = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex'));
  const utf8 = ['é', 'λ', '日本', '€', '😀', '한글', 'Ж'].map((text) => Buffer.from(text));
  const invalid = hex('ff', 'c3 28', 'e2 82', 'f0 9f 98', 'ed a0 80', 'c0 80', 'f4 90 80 80', 'f8 88 80 80 80', 'fe');
  const latin = hex('e9', 'e9 20', 'fc 62 65 72', 'a0', 'df', '93 61 94', 'c4 d6 dc');
  const shiftJis = hex('93 fa 96 7b', '8c ea', '82 a0 82 a2', '83 65 83 58', 'b1 b2 b3', '95 5c', '81 40');
  const euc = hex('c6 fc cb dc', 'a4 a2 a4 a4', '8e b1 8e b2', '8f b0 a1', 'c4 e3 ba c3', 'b0 a1 b0 a2');
  const escapes = [
    '$BF|',
    '(B',
    '$@F|',
    '(J',
    '$A0!',
    '$(C0!',
    '$(D0!',
    '.AX',
    'Ni',
    '[0m',
    '[1;31m',
    '$)C\x0e0!\x0f',
    'c',
  ].map((text) => Buffer.from(`\x1b${text}`, 'latin1'));
  const controls = hex('00', '01', '07', '08', '0e', '0f', '1b', '7f', '80', '85', '9b', '00 41');
  const lines = ['\n', '\r\n', '\r'].map((text) => Buffer.from(text));
  const ascii = ['a', 'plain text', 'x=1;', ' ', '0123456789', 'GET /'].map((text) => Buffer.from(text));
  const marks = hex('ef bb bf', 'fe ff', 'ff fe');
  const utf16 = ['ab', 'é日', 'line\n'].flatMap((text) => {
    const little = Buffer.from(text, 'utf16le');
    return [little, Buffer.from(little).swap16()];
  });
  const kinds = [
    [ascii],
    [utf8],
    [latin],
    [shiftJis],
    [euc],
    [escapes],
    [utf8, invalid],
    [latin, invalid],
    [escapes, controls],
  ];
  const mixed = [
    [utf8, escapes],
    [shiftJis, escapes],
    [latin, controls],
    [utf8, controls],
    [euc, shiftJis],
    [ascii, lines],
  ];
  return Array.from({ length: count }, () => {
    const sources = [...pick([...kinds, ...mixed, [controls], [invalid], [utf16]]), ascii];
    const withLines = random() < 0.4;
    const parts = random() < 0.15 ? [pick(marks)] : [];
    for (let i = 1 + below(6); i > 0; i--) parts.push(pick(random() < 0.2 && withLines ? lines : pick(sources)));
    let bytes = Buffer.concat(parts);
    if (random() < 0.2) bytes = bytes.subarray(0, Math.max(1, bytes.length - 1));
    const middle = bytes.length >> 1;
    return {
      coding: withLines ? 'undecided' : pick(['undecided', 'undecided-unix', 'undecided-unix']),
      chunkings: {
        whole: [bytes],
        halves: [bytes.subarray(0, middle), bytes.subarray(middle)].filter((half) => half.length),
        bytes: [...bytes].map((byte) => Buffer.of(byte)),
      },
    };
  });
}

/** The coding system found out and the text in UTF-8, in hexadecimal, as detection.el tells it. */
export function verdict(coding: string, chunks: readonly Buffer[]): string {
  const decoder = new Decoder(codingSystem(coding), () => undefined);
  const texts = chunks.map((chunk) => decoder.decode(chunk));
  const found = decoder.system!.name;
  texts.push(decoder.flush());
  const text = texts.map((part) => (typeof part === 'string' ? part : bytesToText(part))).join('');
  return `${found} ${encodeUtf8(text).toString('hex')}`;
}
