/**
 * What two sides say before a connection is what was asked for, as a state machine: fed with bytes, it says what to do
 * next. It does no input or output and knows no time.
 *
 * @see Emacs Lisp manual, "Network Connections"; RFC 2595, RFC 3207
 */
import { NetworkProcessError } from '../errors';
import { plainText } from '../tls/certificate';

/** Finds the end of an answer; null while it is not whole. `searched` bytes of it had no end before. */
export type Finder = (bytes: Buffer, searched: number) => number | null;

/** How a protocol is spoken until it is encrypted. Texts are bytes as Latin-1 where a dialog is not one of text. */
export interface Dialog {
  /** Null: nothing is waited for. */
  readonly greeting: Finder | null;
  /** What asks for the capabilities of this host, when the greeting is known; null: nothing is asked. */
  capabilityCommand(greeting: Buffer | null, host: string): Buffer | null;
  readonly capabilities: Finder | null;
  /** What asks for TLS, when the capabilities are known; null: the server does not offer it. */
  starttlsCommand(capabilities: Buffer | null, greeting: Buffer | null): Buffer | null;
  /** The answer to it; null: TLS follows at once. */
  readonly starttlsReply: Finder | null;
  isConsent(reply: Buffer): boolean;
  /** Whether the server tells its capabilities by itself once it is encrypted. */
  readonly tellsAgain?: boolean;
}

/** Of the connection, in the order of events. */
export type Phase = 'greeting' | 'capabilities' | 'STARTTLS' | 'capabilities under TLS';

/** What is done next. */
export type Action =
  /** Send this, if anything, and wait for the answer that `phase` names. */
  | { readonly kind: 'wait'; readonly phase: Phase; readonly send: Buffer | null }
  /** Send this; no answer is waited for, since nothing tells its end. */
  | { readonly kind: 'say'; readonly send: Buffer }
  /** Send this if anything, and shake hands: nothing has come that was not asked for. */
  | { readonly kind: 'encrypt'; readonly send: Buffer | null }
  | { readonly kind: 'done' };

export interface NegotiationPlan {
  readonly dialog: Dialog;
  /** Whether a greeting is waited for. */
  readonly hasGreeting: boolean;
  readonly asksCapabilities: boolean;
  /** Whether TLS is asked for when it is offered; false when it is there already, or not wanted. */
  readonly upgrades: boolean;
  /** Bytes of one answer. */
  readonly maxBytes: number;
  readonly host: string;
  /** Named in errors. */
  readonly target: string;
}

export class Negotiation {
  greeting: Buffer | null = null;
  capabilities: Buffer | null = null;
  isEncrypted = false;
  /** Why TLS did not come about, when the server had the chance; null when it did. */
  refusal: string | null = null;
  phase: Phase = 'greeting';
  /** What has come and belongs to no answer yet. */
  private pending: Buffer = Buffer.alloc(0);
  private searched = 0;
  private finder: Finder | null = null;

  constructor(private readonly plan: NegotiationPlan) {}

  start(): Action {
    const { dialog, hasGreeting } = this.plan;
    return hasGreeting && dialog.greeting ? this.wait('greeting', dialog.greeting, null) : this.ask();
  }

  /**
   * More has come.
   *
   * @returns What to do; null: wait on.
   * @throws NP_STARTTLS_INJECTION, NP_NEGOTIATION_TOO_LONG, NP_PATTERN
   */
  feed(bytes: Buffer): Action | null {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    const end = this.finder?.(this.pending, this.searched) ?? null;
    if (end !== null && end <= this.plan.maxBytes) return this.answered(end);
    if (this.pending.length > this.plan.maxBytes)
      throw this.error('NP_NEGOTIATION_TOO_LONG', `is longer than ${this.plan.maxBytes} bytes`);
    this.searched = this.pending.length;
    return null;
  }

  /** Encrypted, and judged: what was said in clear counts no more, but for the greeting. */
  encrypted(): Action {
    const { dialog, asksCapabilities, host } = this.plan;
    this.isEncrypted = true;
    this.pending = Buffer.alloc(0);
    this.capabilities = null;
    if (!asksCapabilities) return { kind: 'done' };
    const send = dialog.tellsAgain ? null : dialog.capabilityCommand(this.greeting, host);
    if (!send && !dialog.tellsAgain) return { kind: 'done' };
    if (!dialog.capabilities) return send ? { kind: 'say', send } : { kind: 'done' };
    return this.wait('capabilities under TLS', dialog.capabilities, send);
  }

  /** What no answer is waited for has been sent. */
  told(): Action {
    return this.isEncrypted ? { kind: 'done' } : this.decide();
  }

  /** The peer has closed: what it waits for never comes. */
  closed(): NetworkProcessError {
    return this.error('NP_NEGOTIATION_CLOSED', 'did not come: the server closed the connection');
  }

  /** The answer took too long. */
  tooLate(ms: number): NetworkProcessError {
    return this.error('NP_NEGOTIATION_TIMEOUT', `did not come within ${ms} ms`);
  }

  private answered(end: number): Action {
    const answer = this.pending.subarray(0, end);
    this.pending = this.pending.subarray(end);
    if (this.phase === 'greeting') {
      this.greeting = answer;
      return this.ask();
    }
    if (this.phase === 'STARTTLS') return this.replied(answer);
    this.capabilities = answer;
    return this.isEncrypted ? { kind: 'done' } : this.decide();
  }

  private ask(): Action {
    const { dialog, asksCapabilities, host } = this.plan;
    const send = asksCapabilities ? dialog.capabilityCommand(this.greeting, host) : null;
    if (!send) return this.decide();
    if (!dialog.capabilities) return { kind: 'say', send };
    return this.wait('capabilities', dialog.capabilities, send);
  }

  private decide(): Action {
    const { dialog, upgrades } = this.plan;
    // A user's function is called even where its answer is not used, as Emacs does.
    const send = dialog.starttlsCommand(this.capabilities, this.greeting);
    if (!upgrades) return { kind: 'done' };
    if (!send) {
      this.refusal = 'Server does not support TLS';
      return { kind: 'done' };
    }
    if (!dialog.starttlsReply) {
      this.demandSilence();
      return { kind: 'encrypt', send };
    }
    return this.wait('STARTTLS', dialog.starttlsReply, send);
  }

  private replied(reply: Buffer): Action {
    if (!this.plan.dialog.isConsent(reply)) {
      this.refusal = `Server does not support TLS: ${plainText(reply.toString('latin1').trim())}`;
      return { kind: 'done' };
    }
    this.demandSilence();
    return { kind: 'encrypt', send: null };
  }

  /** A byte in clear between consent and handshake was put there by somebody who wants it to count as encrypted. */
  private demandSilence(): void {
    if (this.pending.length === 0) return;
    const text = 'Text in clear came after the consent to TLS and before the handshake';
    throw new NetworkProcessError('NP_STARTTLS_INJECTION', 'error', [text], this.plan.target);
  }

  private wait(phase: Phase, finder: Finder, send: Buffer | null): Action {
    this.phase = phase;
    this.finder = finder;
    // As Emacs: an answer begins after what was asked. Without a greeting, what has come is part of it.
    if (send && this.greeting) this.pending = Buffer.alloc(0);
    this.searched = 0;
    return { kind: 'wait', phase, send };
  }

  private error(
    code: 'NP_NEGOTIATION_CLOSED' | 'NP_NEGOTIATION_TIMEOUT' | 'NP_NEGOTIATION_TOO_LONG',
    what: string,
  ): NetworkProcessError {
    const { target } = this.plan;
    const last = plainText(this.pending.subarray(-200).toString('latin1'), 1_000);
    const heard = last === '' ? 'nothing came' : `the last that came was “${last}”`;
    const text = `The answer (${this.phase}) ${what}; ${heard}${this.before()}`;
    return new NetworkProcessError(code, 'error', [text], target);
  }

  /** How far it came. */
  private before(): string {
    const told = { greeting: this.greeting, capabilities: this.capabilities };
    const texts = Object.entries(told).flatMap(([name, answer]) =>
      answer ? [`${name} “${plainText(answer.toString('latin1', 0, 200), 1_000)}”`] : [],
    );
    return texts.length === 0 ? '' : `; before: ${texts.join(', ')}`;
  }
}
