/**
 * UTF-7, and IMAP's: what is no plain ASCII is UTF-16 in base64, between a shift (`+`, in IMAP `&`) and `-` or whatever
 * is no digit of base64. Bytes of 8 bits are UTF-8, as in Emacs. What does not decode stays as it is written.
 *
 * @see RFC 2152; RFC 3501, 5.1.3
 */
import { decodeUtf8, encodeUtf8, incompleteTail } from './utf8';

/** Decodes a stream; see decodeTable. */
export function utf7Decoder(imap: boolean): (bytes: Buffer, final: boolean) => { text: string; rest: number } {
  const shift = imap ? '&' : '+';
  const digits = imap ? /[A-Za-z0-9+,]*/y : /[A-Za-z0-9+/]*/y;
  /** Past the first character of a shifted sequence: the digit it ends within, and how many bits of that. */
  let begun: { split: string; skip: number } | null = null;

  return (bytes, final) => {
    const wire = bytes.toString('latin1');
    let text = '';
    let at = 0;
    while (at < wire.length) {
      if (!begun && wire[at] !== shift) {
        const next = wire.indexOf(shift, at);
        const rest = next < 0 && !final ? incompleteTail(bytes.subarray(at)) : 0;
        const end = next < 0 ? wire.length - rest : next;
        text += decodeUtf8(bytes.subarray(at, end));
        at = end;
        if (rest) break;
        continue;
      }
      digits.lastIndex = begun ? at : at + 1;
      const run = digits.exec(wire)![0];
      const end: number = (begun ? at : at + 1) + run.length;
      const isCut = end === wire.length && !final;
      const { split, skip }: { split: string; skip: number } = begun ?? { split: '', skip: 0 };
      const sequence = split + run;
      let units = unitsOf(sequence, skip);
      if (isCut && /[\ud800-\udbff]$/.test(units)) units = units.slice(0, -1);
      text += units.replace(/[\ud800-\udfff]/gu, (half) => shifted(half, imap));
      const used = skip + 16 * units.length;
      const isBegun = begun !== null || units !== '';
      if (isCut) {
        if (units === '') break;
        begun = { split: used % 6 ? sequence[Math.floor(used / 6)]! : '', skip: used % 6 };
        at = end - (sequence.length - Math.ceil(used / 6));
        break;
      }
      begun = null;
      at = end;
      const isWhole = isBegun ? 6 * sequence.length - used < 6 : run === '' && wire[at] === '-';
      if (!isBegun) text += shift;
      if (!isWhole) text += sequence.slice(Math.floor(used / 6));
      else if (wire[at] === '-') at += 1;
    }
    if (final) begun = null;
    return { text, rest: wire.length - at };
  };
}

/** The UTF-16 units that base64 has whole, after `skip` bits of its first digit. */
function unitsOf(digits: string, skip: number): string {
  // Digits put before it for whole units: after one unit four bits of a digit are used, after two units two.
  const before = { 0: 0, 4: 2, 2: 5 }[skip]!;
  const bytes = Buffer.from('A'.repeat(before) + digits.replaceAll(',', '/'), 'base64');
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le', 2 * Math.floor(before / 2));
}

/** Encodes text; U+DC80…U+DCFF on their own become their bytes. Each text ends unshifted. */
export function encodeUtf7(text: string, imap: boolean): Buffer {
  const special = imap ? /&|[^\t\n\r -~\u{dc80}-\u{dcff}]+/gu : /\+|(?:[^\t\n\r -}\u{dc80}-\u{dcff}]|\\)+/gu;
  const wire = text.replace(special, (run) => (run === '&' || run === '+' ? `${run}-` : shifted(run, imap)));
  return encodeUtf8(wire);
}

function shifted(run: string, imap: boolean): string {
  const digits = Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=*$/, '');
  return imap ? `&${digits.replaceAll('/', ',')}-` : `+${digits}-`;
}
