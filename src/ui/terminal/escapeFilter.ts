import { ownMark } from '../ownMark';
import { escapeCharacter, invisibleClass } from '../peerText';
import type { OutputFilter } from './screen';
import { TextStyle } from './textStyle';

/** What is shown as it is: everything that can be seen, but for the mark of our own lines. */
const plain = new RegExp(`[^${invisibleClass}${ownMark}]+`, 'uy');
/** Of every byte, as a control and as one that did not decode: binary data is made of them. */
const byteEscapes = new Map(
  Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).map((c) => [
    c,
    escapeCharacter(c),
  ]),
);
const parameterRun = /[\x20-\x3f]+/y;
const stringEnd = /[\x07\x18\x1a\x1b\x9c]/;

/** Most characters of a sequence that are looked at; longer ones are withheld. */
const longestSequence = 128;
/** Characters of an endless one, after which all is text again: nobody can blank the terminal for good. */
const longestString = 1_048_576;

/** Sequences that move or change something within the cursor's row only, with the parameters that they may have. */
const inRow: Readonly<Record<string, RegExp>> = {
  C: /^\d{0,4}$/,
  D: /^\d{0,4}$/,
  G: /^\d{0,4}$/,
  K: /^[0-2]?$/,
  X: /^\d{0,4}$/,
  '@': /^\d{0,4}$/,
  P: /^\d{0,4}$/,
};

const bellIntervalMs = 1000;

type State = 'text' | 'escape' | 'sequence' | 'string';

/**
 * Makes the text of a peer harmless for a terminal, whatever the chunks it comes in. Text, line ends, tabs, backspaces,
 * colours and what stays within a row pass; every other escape sequence is withheld, every other invisible character is
 * shown as `\x01` or `\u202e`. What comes out is made of whole sequences.
 */
export class EscapeFilter implements OutputFilter {
  /** Colours and attributes as they are behind the last text that came out. */
  readonly style = new TextStyle();
  /** Whether anything was ever withheld. */
  hasWithheld = false;
  readonly isSafe = true;
  private state: State = 'text';
  /** Of the control sequence that is not complete yet. */
  private sequence = '';
  /** Characters of it, or of a control string, so far. */
  private length = 0;
  private nextBell = -Infinity;

  /** @param now Milliseconds; only differences count. */
  constructor(private readonly now: () => number) {}

  write(text: string): string {
    let shown = '';
    for (let at = 0; at < text.length;) {
      if (this.state === 'text') {
        const code = text.charCodeAt(at);
        if (code < 0x20) {
          shown += this.control(code);
          at += 1;
          continue;
        }
        plain.lastIndex = at;
        if (plain.test(text)) {
          shown += text.slice(at, plain.lastIndex);
          at = plain.lastIndex;
        } else {
          const c = String.fromCodePoint(text.codePointAt(at)!);
          at += c.length;
          shown += c === ownMark ? '\\u25b8' : (byteEscapes.get(c) ?? escapeCharacter(c));
        }
      } else if (this.state === 'escape') at = this.inEscape(text, at);
      else if (this.state === 'string') at = this.inString(text, at);
      else {
        const run = this.inSequence(text, at);
        at = run.at;
        shown += run.shown;
      }
    }
    return shown;
  }

  /** Forgets an unfinished sequence and the style: what comes next does not follow what came before. */
  reset(): string {
    this.state = 'text';
    this.style.reset();
    return '\x1b[m';
  }

  private control(code: number): string {
    switch (code) {
      case 0x0a:
        return '\r\n';
      case 0x0d:
        return '\r';
      case 0x09:
        return '\t';
      case 0x08:
        return '\b';
      case 0x07:
        return this.bell();
      case 0x1b:
        this.state = 'escape';
        return '';
      default:
        return byteEscapes.get(String.fromCharCode(code))!;
    }
  }

  private bell(): string {
    const time = this.now();
    if (time < this.nextBell) return '';
    this.nextBell = time + bellIntervalMs;
    return '\x07';
  }

  /** Behind ESC. Returns where to go on. */
  private inEscape(text: string, at: number): number {
    const c = text[at]!;
    this.length = 0;
    this.sequence = '';
    if (c === '[') {
      this.state = 'sequence';
      return at + 1;
    }
    this.hasWithheld = true;
    if (c === '\x1b') return at + 1;
    if (']PX^_'.includes(c)) this.state = 'string';
    else if (c < ' ' || c > '~') {
      this.state = 'text';
      return at;
    } else if (c > '/') this.state = 'text';
    return at + 1;
  }

  private inSequence(text: string, at: number): { at: number; shown: string } {
    parameterRun.lastIndex = at;
    if (parameterRun.test(text)) {
      const end = Math.min(parameterRun.lastIndex, at + longestString - this.length);
      this.length += end - at;
      if (this.length <= longestSequence) this.sequence += text.slice(at, end);
      else this.hasWithheld = true;
      if (this.length === longestString) this.state = 'text';
      return { at: end, shown: '' };
    }
    const c = text[at]!;
    this.state = c === '\x1b' ? 'escape' : 'text';
    const isFinal = c >= '@' && c <= '~';
    const shown = isFinal && this.length <= longestSequence ? this.finish(c) : '';
    if (shown === '') this.hasWithheld = true;
    // Anything else breaks the sequence off and is what it is.
    return { at: isFinal || c === '\x1b' ? at + 1 : at, shown };
  }

  private finish(final: string): string {
    const { sequence } = this;
    if (final !== 'm') return inRow[final]?.test(sequence) ? `\x1b[${sequence}${final}` : '';
    if (!/^[\d;:]*$/.test(sequence)) return '';
    const { passed, isAll } = this.style.apply(sequence);
    if (!isAll) this.hasWithheld = true;
    return passed;
  }

  private inString(text: string, at: number): number {
    const content = text.slice(at, at + longestString - this.length);
    const end = content.search(stringEnd);
    if (end >= 0) {
      this.state = content[end] === '\x1b' ? 'escape' : 'text';
      return at + end + 1;
    }
    this.length += content.length;
    if (this.length === longestString) this.state = 'text';
    return at + content.length;
  }
}
