import { createContext, Script, type Context } from 'node:vm';
import { NetworkProcessError } from '../errors';

/** How far back before what was searched already a match may begin; or at the start of the line that it ends in. */
const overlap = 64 * 1024;

/**
 * A pattern of a user's, searched in what comes in piece by piece. It runs with a budget of time: one that would go on for
 * ever is ended, and named.
 */
export class Pattern {
  private readonly source: string;
  private readonly flags: string;

  /**
   * @param pattern A text has Emacs' lines: `^` and `$` are at newlines only, and `.` is anything but a newline. A RegExp
   *   is taken as it is.
   * @param option Named in errors.
   * @throws NP_PATTERN when it is none
   */
  constructor(
    pattern: string | RegExp,
    private readonly option: string,
    private readonly budgetMs: () => number,
  ) {
    this.source = typeof pattern === 'string' ? emacsLines(pattern) : pattern.source;
    this.flags = typeof pattern === 'string' ? 'g' : `${pattern.flags.replace(/[gy]/g, '')}g`;
    try {
      new RegExp(this.source, this.flags);
    } catch (cause) {
      throw new NetworkProcessError(
        'NP_PATTERN',
        'error',
        [`${option} is no pattern: ${(cause as Error).message}`],
        null,
        {
          cause,
        },
      );
    }
  }

  /**
   * Where the first match ends; null when there is none.
   *
   * @param searched So many bytes from the start had no match before.
   * @throws NP_PATTERN when it takes too long
   */
  endOfMatch(bytes: Buffer, searched = 0): number | null {
    const from = searchFrom(bytes, searched);
    // One more: the pattern may ask what comes before.
    const start = Math.max(0, from - 1);
    const end = run(this.source, this.flags, bytes.toString('latin1', start), from - start, this.budgetMs());
    if (end === 'time') {
      throw new NetworkProcessError('NP_PATTERN', 'error', [`${this.option} takes longer than ${this.budgetMs()} ms`]);
    }
    return end < 0 ? null : start + end;
  }

  matches(text: Buffer): boolean {
    return this.endOfMatch(text) !== null;
  }
}

/** Patterns are of lines: one that has come in part is looked at from its start, however long it is. */
function searchFrom(bytes: Buffer, searched: number): number {
  if (searched <= overlap) return 0;
  return Math.min(searched - overlap, bytes.lastIndexOf('\n', searched - 1) + 1);
}

/** Emacs' meaning of a pattern's anchors and dot, outside of brackets. */
function emacsLines(pattern: string): string {
  return pattern.replace(/\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|[.^$]/g, (part) => {
    if (part === '.') return '[^\\n]';
    if (part === '^') return '(?<![^\\n])';
    return part === '$' ? '(?![^\\n])' : part;
  });
}

const script = new Script(
  '(() => { const r = new RegExp(source, flags); r.lastIndex = from; return r.test(text) ? r.lastIndex : -1; })()',
);
let context: Context | null = null;

/** In a context of its own, which the system can be told to end: a pattern that runs away blocks everything else. */
function run(source: string, flags: string, text: string, from: number, timeout: number): number | 'time' {
  context ??= createContext(Object.create(null) as Context);
  Object.assign(context, { source, flags, text, from });
  const before = process.cpuUsage();
  try {
    for (;;) {
      try {
        return script.runInContext(context, { timeout }) as number;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        const { user, system } = process.cpuUsage(before);
        // Where others had the processor most of the time, the pattern had no chance yet. In microseconds.
        if (user + system > timeout * 500) return 'time';
      }
    }
  } finally {
    context['text'] = '';
  }
}
