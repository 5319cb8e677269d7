/** How servers speak protocols until they are encrypted: as much as clients need to ask for TLS. */
import type { Options } from '../api';
import { formatNetworkAddress } from '../address/address';
import { NetworkProcessError, type ErrorCode } from '../errors';
import type { Phased } from '../make/deadline';
import { isPlainStream, type StreamTransport } from '../transport/transport';

/** Answers have a line each; in them `%` is the tag of the command, and what is in braces is said in clear only. */
interface ServedDialog {
  readonly greeting: string | null;
  /** The command that asks for the list of capabilities. */
  readonly ask: RegExp;
  readonly list: readonly string[];
  /** The command that asks for TLS. */
  readonly start: RegExp;
  readonly consent: string;
  /** To every other command. */
  readonly refusal: string;
  /** Commands begin with a word that their answers repeat. */
  readonly hasTags?: true;
}

/** @see RFC 3207 */
const smtp: ServedDialog = {
  greeting: '220 localhost',
  ask: /^EHLO\b/i,
  list: ['250-localhost', '{250-STARTTLS}', '250 8BITMIME'],
  start: /^STARTTLS$/i,
  consent: '220 Begin TLS',
  refusal: '530 Must issue a STARTTLS command first',
};

/** By the names of `streamDialogs`; those of the others are not spoken in lines, or tell the list without being asked. */
const served: ReadonlyMap<string, ServedDialog> = new Map<string, ServedDialog>([
  ['smtp', smtp],
  ['lmtp', { ...smtp, ask: /^LHLO\b/i }],
  [
    'imap',
    {
      greeting: '* OK localhost',
      ask: /^CAPABILITY$/i,
      list: ['* CAPABILITY IMAP4rev1{ STARTTLS LOGINDISABLED}', '% OK Done'],
      start: /^STARTTLS$/i,
      consent: '% OK Begin TLS',
      refusal: '% NO STARTTLS first',
      hasTags: true,
    },
  ],
  [
    'pop3',
    {
      greeting: '+OK localhost',
      ask: /^CAPA$/i,
      list: ['+OK', '{STLS}', 'UIDL', '.'],
      start: /^STLS$/i,
      consent: '+OK Begin TLS',
      refusal: '-ERR STLS first',
    },
  ],
  [
    'nntp',
    {
      greeting: '200 localhost',
      ask: /^CAPABILITIES\b/i,
      list: ['101 Capabilities', 'VERSION 2', '{STARTTLS}', '.'],
      start: /^STARTTLS$/i,
      consent: '382 Begin TLS',
      refusal: '483 STARTTLS first',
    },
  ],
  [
    'ftp',
    {
      greeting: '220 localhost',
      ask: /^FEAT$/i,
      list: ['211-Features', '{ AUTH TLS}', ' UTF8', '211 End'],
      start: /^AUTH TLS$/i,
      consent: '234 Begin TLS',
      refusal: '530 AUTH TLS first',
    },
  ],
  [
    'irc',
    {
      greeting: null,
      ask: /^CAP LS\b/i,
      list: [':localhost CAP * LS :{tls}'],
      start: /^STARTTLS$/i,
      consent: ':localhost 670 * :Begin TLS',
      refusal: ':localhost 451 * :STARTTLS first',
    },
  ],
]);

/** The protocols that servers speak. */
export const servedNames: readonly string[] = [...served.keys()];

/**
 * Speaks a protocol with a client until it asks for TLS, and consents. What came in clear is gone then.
 *
 * @param name One of `servedNames`.
 * @param phased All of it has the time of one answer of a negotiation.
 * @throws NP_STARTTLS_INJECTION for a byte behind the command that asks for TLS; NP_NEGOTIATION_…; the reason of `phased`.
 *   The stream is closed then.
 */
export async function untilStarttls(
  stream: StreamTransport,
  name: string,
  phased: Phased,
  { negotiationTimeoutMs, negotiationBytes }: Options,
): Promise<void> {
  const talk = new Talk(served.get(name)!, negotiationBytes, formatNetworkAddress(stream.remote));
  phased.phase(negotiationTimeoutMs, () => talk.tooLate(negotiationTimeoutMs));
  try {
    await converse(stream, talk, phased);
  } catch (error) {
    stream.close();
    throw error;
  } finally {
    phased.phase(null);
    stream.setReading(false);
    stream.onData = () => undefined;
    stream.onEnd = null;
  }
}

/** The list of capabilities under TLS, if that is what a client asks for; else null. */
export function listUnderTls(name: string, said: string): Buffer | null {
  const dialog = served.get(name)!;
  const [line = ''] = said.split('\n', 1);
  return dialog.ask.test(parse(dialog, line).command) ? Buffer.from(answerTo(dialog, line, false), 'latin1') : null;
}

function converse(stream: StreamTransport, talk: Talk, phased: Phased): Promise<void> {
  return new Promise((resolve, reject) => {
    if (phased.reason) return reject(phased.reason);
    phased.onEnd(reject);
    // More is read when that was taken: answers do not pile up for a client that reads none.
    const say = (text: string, then: () => void): void => {
      stream.setReading(false);
      stream.write(Buffer.from(text, 'latin1'), (error) => (error ? reject(error) : then()));
    };
    const readOn = (): void => stream.setReading(true);
    stream.onEnd = () => reject(talk.closed());
    stream.onData = (bytes) => {
      try {
        const answer = talk.hear(bytes);
        if (talk.isStarting && isPlainStream(stream) && stream.unread > 0) throw talk.injection();
        if (answer !== '') say(answer, talk.isStarting ? resolve : readOn);
      } catch (error) {
        reject(error);
      }
    };
    say(talk.greeting, readOn);
  });
}

/** What is said with one client in clear. */
class Talk {
  /** It has asked for TLS. */
  isStarting = false;
  private unfinished = '';
  private size = 0;

  /** @param maxBytes That may be said by both. */
  constructor(
    private readonly dialog: ServedDialog,
    private readonly maxBytes: number,
    private readonly target: string | null,
  ) {}

  get greeting(): string {
    return this.dialog.greeting === null ? '' : `${this.dialog.greeting}\r\n`;
  }

  /**
   * The answers to all commands that are whole.
   *
   * @throws NP_STARTTLS_INJECTION, NP_NEGOTIATION_TOO_LONG
   */
  hear(bytes: Buffer): string {
    this.size += bytes.length;
    if (this.size > this.maxBytes) throw this.tooLong();
    const text = bytes.toString('latin1');
    this.unfinished += text;
    // Only then it is looked through, however slowly a line comes.
    if (!text.includes('\n')) return '';
    const lines = this.unfinished.split('\n');
    this.unfinished = lines.pop()!;
    const start = lines.findIndex((line) => this.dialog.start.test(parse(this.dialog, line).command));
    this.isStarting = start >= 0;
    if (this.isStarting && (start < lines.length - 1 || this.unfinished !== '')) throw this.injection();
    return this.answersTo(lines);
  }

  /** Answers count, too: empty lines would make forty times as much of them. */
  private answersTo(lines: readonly string[]): string {
    let answers = '';
    for (const line of lines) {
      const answer = answerTo(this.dialog, line, true);
      this.size += answer.length;
      if (this.size > this.maxBytes) throw this.tooLong();
      answers += answer;
    }
    return answers;
  }

  injection(): NetworkProcessError {
    return this.error('NP_STARTTLS_INJECTION', 'Text in clear came behind the command that asks for TLS');
  }

  closed(): NetworkProcessError {
    const when = this.isStarting ? 'after' : 'before';
    return this.error('NP_NEGOTIATION_CLOSED', `The client closed the connection ${when} it asked for TLS`);
  }

  tooLate(ms: number): NetworkProcessError {
    const text = this.isStarting ? 'The client did not take the consent to TLS' : 'The client did not ask for TLS';
    return this.error('NP_NEGOTIATION_TIMEOUT', `${text} within ${ms} ms`);
  }

  private tooLong(): NetworkProcessError {
    const text = `The client said more than ${this.maxBytes} bytes before it asked for TLS, what it was answered included`;
    return this.error('NP_NEGOTIATION_TOO_LONG', text);
  }

  private error(code: ErrorCode, text: string): NetworkProcessError {
    const why = 'Look at the client for why.';
    const hint = code === 'NP_STARTTLS_INJECTION' ? 'Do not trust the network between, or look at the client.' : why;
    return new NetworkProcessError(code, 'error', [text], this.target, { hint });
  }
}

function parse({ hasTags }: ServedDialog, line: string): { readonly tag: string; readonly command: string } {
  const text = line.trimEnd();
  if (!hasTags) return { tag: '', command: text };
  // Answers repeat the tag: no more than a client needs, and nothing that is no text.
  const [, tag, command] = /^([\w.-]{1,64}) (.*)$/s.exec(text) ?? [];
  return tag === undefined ? { tag: '*', command: text } : { tag, command: command! };
}

function answerTo(dialog: ServedDialog, line: string, isClear: boolean): string {
  const { tag, command } = parse(dialog, line);
  const { ask, list, start, consent, refusal } = dialog;
  const lines = ask.test(command) ? list : [start.test(command) ? consent : refusal];
  const said = lines.map((text) => text.replace(/\{(.*)\}/, isClear ? '$1' : '')).filter((text) => text !== '');
  return said.map((text) => `${text.replace('%', () => tag)}\r\n`).join('');
}
