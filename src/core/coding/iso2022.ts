/**
 * ISO 2022: escape sequences say which charset the bytes that follow are of. What is designated lasts from read to
 * read and from sent text to sent text, as it does in Emacs.
 *
 * @see ISO/IEC 2022; RFC 1468 (ISO-2022-JP), RFC 1554 (ISO-2022-JP-2), RFC 1557 (ISO-2022-KR)
 */
import { codingName } from './codingNames';
import { codeOf, tableOf, type Table } from './tableCharset';
import { rawByte } from './utf8';

/** A charset that can be designated. Its codes are of 7-bit bytes. */
interface Set {
  /** What designates it, but for where to: `B` and the like; two bytes a character if `wide`. */
  readonly final: string;
  readonly wide: boolean;
  /** 96 characters, from 0x20 to 0x7f, or 94. */
  readonly is96: boolean;
  point(code: number): number;
  /** -1 for none. */
  code(point: number): number;
}

interface Variant {
  /** Sets that it may designate, those tried first when encoding first. */
  readonly sets: readonly string[];
  /** SO, SI, ESC n and ESC o. */
  readonly locks: boolean;
  /** ESC N and its one-byte forms. */
  readonly shifts: boolean;
}

const europe = '1 2 3 4 cyrillic arabic greek hebrew 5 6 7 8 9 10'.split(' ').map((name) => `latin-${name}`);

/** What there are tables of. */
const everywhere = [
  'ascii',
  ...europe,
  ...'tis620 gb2312 jisx0208 jisx0208-1978 jisx0212 ksc5601 jisx0201 katakana u2500 ue000 u0100'.split(' '),
];

const variants: Readonly<Record<string, Variant>> = {
  'iso-2022-jp': { sets: ['ascii', 'jisx0208', 'jisx0208-1978', 'jisx0201'], locks: false, shifts: false },
  'iso-2022-jp-2': {
    sets: 'ascii jisx0208 jisx0212 jisx0201 jisx0208-1978 gb2312 ksc5601 latin-1 latin-greek'.split(' '),
    locks: false,
    shifts: true,
  },
  'iso-2022-kr': { sets: ['ascii', 'ksc5601'], locks: true, shifts: false },
  'iso-2022-7bit': { sets: everywhere, locks: false, shifts: false },
  'iso-2022-7bit-lock': { sets: everywhere, locks: true, shifts: false },
};

const made = new Map<string, Set>();

function setOf(name: string): Set {
  let set = made.get(name);
  if (!set) made.set(name, (set = makers[name]!()));
  return set;
}

const ascii: Set = {
  final: 'B',
  wide: false,
  is96: false,
  point: (code) => code,
  code: (point) => (point < 0x80 ? point : -1),
};

/** The right half of a charset of tables. */
function half(name: string, final: string, is96: boolean): Set {
  const table = named(name);
  return {
    final,
    wide: false,
    is96,
    point: (code) => table.ones[code | 0x80]!,
    code: (point) => {
      const code = point < 0xa0 ? 0 : codeOf(table, point);
      return code >= 0xa0 && code <= 0xff ? code & 0x7f : -1;
    },
  };
}

function wide(table: Table, final: string): Set {
  return {
    final,
    wide: true,
    is96: false,
    point: (code) => table.pairs[code | 0x8080]!,
    code: (point) => {
      const code = codeOf(table, point);
      return code >= 0xa1a1 && code <= 0xfefe ? code & 0x7f7f : -1;
    },
  };
}

/** Characters of Unicode itself, 96 in a row. */
function unicode(first: number, last: number, final: string): Set {
  return {
    final,
    wide: true,
    is96: true,
    point: (code) => first + ((code >> 8) - 0x20) * 96 + (code & 0xff) - 0x20,
    code: (point) => {
      const at = point - first;
      return point >= first && point <= last ? ((0x20 + Math.floor(at / 96)) << 8) + 0x20 + (at % 96) : -1;
    },
  };
}

function named(name: string): Table {
  const { base, table } = codingName(name)!;
  return tableOf(base, table!.iconv, table!.width);
}

const latin1: Set = {
  final: 'A',
  wide: false,
  is96: true,
  point: (code) => code | 0x80,
  code: (point) => (point >= 0xa0 && point <= 0xff ? point & 0x7f : -1),
};

const jisx0201: Set = {
  final: 'J',
  wide: false,
  is96: false,
  point: (code) => (code === 0x5c ? 0xa5 : code === 0x7e ? 0x203e : code),
  code: (point) => (point === 0xa5 ? 0x5c : point === 0x203e ? 0x7e : -1),
};

const makers: Readonly<Record<string, () => Set>> = {
  ascii: () => ascii,
  jisx0201: () => jisx0201,
  katakana: () => ({
    final: 'I',
    wide: false,
    is96: false,
    point: (code) => (code <= 0x5f ? 0xff40 + code : -1),
    code: (point) => (point >= 0xff61 && point <= 0xff9f ? point - 0xff40 : -1),
  }),
  jisx0208: () => wide(named('euc-jp'), 'B'),
  'jisx0208-1978': () => wide(tableOf('japanese-jisx0208-1978', 'euc-jp', 2), '@'),
  jisx0212: () => {
    const { triples, codes } = named('euc-jp');
    return {
      final: 'D',
      wide: true,
      is96: false,
      point: (code) => triples![code | 0x8080]!,
      code: (point) => {
        const code = point < 0x10000 ? codes[point]! : -1;
        return code >= 0x8fa1a1 && code <= 0x8ffefe ? code & 0x7f7f : -1;
      },
    };
  },
  gb2312: () => wide(named('gb2312'), 'A'),
  ksc5601: () => wide(named('euc-kr'), 'C'),
  'latin-1': () => latin1,
  'latin-2': () => half('latin-2', 'B', true),
  'latin-3': () => half('latin-3', 'C', true),
  'latin-4': () => half('latin-4', 'D', true),
  'latin-cyrillic': () => half('iso-8859-5', 'L', true),
  'latin-arabic': () => half('iso-8859-6', 'G', true),
  'latin-greek': () => half('iso-8859-7', 'F', true),
  'latin-hebrew': () => half('iso-8859-8', 'H', true),
  'latin-5': () => half('latin-5', 'M', true),
  'latin-6': () => half('latin-6', 'V', true),
  'latin-7': () => half('latin-7', 'Y', true),
  'latin-8': () => half('latin-8', '_', true),
  'latin-9': () => half('latin-9', 'b', true),
  'latin-10': () => half('latin-10', 'f', true),
  tis620: () => half('iso-8859-11', 'T', true),
  u2500: () => unicode(0x2500, 0x33ff, '2'),
  ue000: () => unicode(0xe000, 0xffff, '3'),
  u0100: () => unicode(0x100, 0x24ff, '1'),
};

const escape = 0x1b;

/** Decodes a stream; see decodeTable. */
export function iso2022Decoder(name: string): (bytes: Buffer, final: boolean) => { text: string; rest: number } {
  const { sets, locks, shifts } = variants[name]!;
  const allowed = sets.map(setOf);
  const designated: (Set | null)[] = [ascii, null, null, null];
  let shifted = 0;

  /** The set that an escape sequence names, and where to. */
  const designation = (sequence: string): { set: Set; to: number } | null => {
    const match = /^(\$?)([(-/]?)([0-~])$/.exec(sequence);
    if (!match) return null;
    const [, dollar, to, final] = match as unknown as [string, string, string, string];
    if (to === '' && !(dollar && '@AB'.includes(final))) return null;
    const place = to === '' ? 0 : '()*+,-./'.indexOf(to);
    const set = allowed.find((s) => s.final === final && s.wide === (dollar !== '') && s.is96 === place > 3);
    return set ? { set, to: place % 4 } : null;
  };

  return (bytes, final) => {
    let text = '';
    let at = 0;
    /** One byte that is none of the charset: as it is, and everything is ASCII again. */
    const invalid = (): void => {
      const byte = bytes[at++]!;
      text += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
      designated[0] = ascii;
      shifted = 0;
    };
    /** A character of `set`, `before` bytes after `at`. False when it is cut. */
    const character = (set: Set, before: number): boolean => {
      const size = before + (set.wide ? 2 : 1);
      if (at + size > bytes.length) return false;
      const first = bytes[at + before]!;
      const second = set.wide ? bytes[at + before + 1]! : 0x21;
      // A shift is for one byte, of 7 bits or 8.
      if (isControl(first) || isControl(second) || second > 0x7f) {
        invalid();
        return true;
      }
      const fits = (byte: number): boolean => set.is96 || (byte > 0x20 && byte < 0x7f);
      const [a, b] = [first & 0x7f, second & 0x7f];
      const point = fits(a) && fits(b) ? set.point(set.wide ? (a << 8) | b : a) : -1;
      if (point >= 0) text += String.fromCodePoint(point);
      else for (let i = 0; i < size; i++) text += rawText(bytes[at + i]!);
      at += size;
      return true;
    };
    while (at < bytes.length) {
      const byte = bytes[at]!;
      const set = designated[shifted]!;
      let isCut = false;
      if (byte === escape) {
        const sequence = bytes.toString('latin1', at + 1, at + 5);
        const complete = /^\$?[(-/]?[0-~]|^&@|^./s.exec(sequence)?.[0] ?? '';
        const isPrefix = /^(\$?[(-/]?|&)$/.test(sequence);
        const found = designation(complete);
        if (isPrefix) isCut = true;
        else if (complete === '&@') at += 3;
        else if (found) {
          designated[found.to] = found.set;
          at += 1 + complete.length;
        } else if (locks && designated[place(complete)]) {
          shifted = place(complete);
          at += 2;
        } else if (complete === 'N' && shifts && designated[2]) isCut = !character(designated[2], 2);
        else invalid();
      } else if ((byte === 0x19 || byte === 0x8e) && shifts && designated[2]) {
        isCut = !character(designated[2], 1);
      } else if (byte === 0x0e && locks && designated[1]) {
        shifted = 1;
        at += 1;
      } else if (byte === 0x0f && locks) {
        shifted = 0;
        at += 1;
      } else if (byte > 0x7f || byte === 0x0e || byte === 0x0f || byte === 0x19) invalid();
      else if (byte < 0x20 || ((byte === 0x20 || byte === 0x7f) && !set.is96)) {
        text += String.fromCharCode(byte);
        at += 1;
      } else isCut = !character(set, 0);
      if (!isCut) continue;
      if (!final) break;
      invalid();
    }
    return { text, rest: bytes.length - at };
  };
}

/** Where a locking shift by an escape sequence goes to, or -1. */
function place(sequence: string): number {
  return sequence === 'n' ? 2 : sequence === 'o' ? 3 : -1;
}

function isControl(byte: number): boolean {
  return (byte & 0x7f) < 0x20;
}

function rawText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Encodes a stream of texts, all by G0. What no set has becomes a space. */
export function iso2022Encoder(name: string): (text: string) => Buffer {
  const sets = variants[name]!.sets.map(setOf);
  let designated = ascii;
  return (text) => {
    let out = '';
    const designate = (set: Set): void => {
      if (designated === set) return;
      designated = set;
      const place = set.is96 ? ',' : '@AB'.includes(set.final) && set.wide ? '' : '(';
      out += `\x1b${set.wide ? '$' : ''}${place}${set.final}`;
    };
    for (const character of text) {
      const point = character.codePointAt(0)!;
      const raw = rawByte(point);
      if (raw !== null) {
        out += String.fromCharCode(raw);
        continue;
      }
      const set = sets.find((one) => one.code(point) >= 0) ?? ascii;
      const found = set.code(point);
      const code = found < 0 ? 0x20 : found;
      designate(set);
      out += set.wide ? String.fromCharCode(code >> 8, code & 0xff) : String.fromCharCode(code);
    }
    return Buffer.from(out, 'latin1');
  };
}
