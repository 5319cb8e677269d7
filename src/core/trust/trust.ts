import type { NetworkAddress, Options, TrustAnswer, TrustProblem, TrustQuestion, TrustRecord } from '../api';
import { interfaceList } from '../address/interfaces';
import { NetworkProcessError, systemText } from '../errors';
import { describe, plainText, publicKeyPin } from '../tls/certificate';
import type { Handshaken } from '../tls/peerStatus';
import { hostKey, isAtLeast, problemsOf } from './checks';
import type { TrustMemory } from './trustMemory';

/** Whom a connection goes to. */
export interface TrustedHost {
  readonly host: string;
  readonly port: number;
  /** The address really connected to. */
  readonly remote: NetworkAddress;
}

const plain = 'none';

/**
 * Emacs' network security manager: judges a handshake before any byte of an application, asks once about all that is
 * wrong, and remembers the answer.
 *
 * @see Emacs Lisp manual, "Network Security Manager"; nsm-verify-connection
 */
export class Trust {
  constructor(
    private readonly options: Options,
    private readonly memory: TrustMemory,
  ) {}

  /**
   * Judges an encrypted connection.
   *
   * @param saveKey Remember the key even where nothing is wrong, so that a later loss of encryption is noticed.
   * @throws NP_TLS_REFUSED naming every problem
   */
  async judge(
    tls: Handshaken,
    to: TrustedHost,
    more: { hostname: string | null; saveKey: boolean; signal: AbortSignal },
  ): Promise<void> {
    const level = this.options.networkSecurityLevel;
    const host = hostKey(to.host, to.port);
    if (level === 'low' || this.isLocal(to.remote)) return;
    const known = this.recall(host);
    const found = problemsOf({ tls, hostname: more.hostname, isServer: false }, level);
    const hasKeys = known !== null && known.keys.some((key) => key !== plain);
    // Reading a key costs a good part of what a handshake does: only where it is asked for.
    const saves = more.saveKey || isAtLeast(level, 'high');
    const pin = hasKeys || saves || found.length > 0 ? pinOf(tls) : plain;
    const isKnownKey = hasKeys && known.keys.includes(pin);
    if (hasKeys && !isKnownKey) {
      found.push({ name: 'same-cert', text: 'the key of this host is not the one that it had before' });
    } else if (!hasKeys && isAtLeast(level, 'paranoid')) {
      found.push({ name: 'new-cert', text: 'the key of this host has not been seen before' });
    }
    // What was accepted of one key is not accepted of another.
    const accepted = isKnownKey ? known.conditions : [];
    const open = found.filter(({ name }) => !accepted.includes(name));
    if (open.length > 0) {
      const answer = await this.ask(to, found, tls, more.signal);
      if (answer === 'no') throw refused(host, open);
      this.remember({ host, keys: [pin], conditions: found.map(({ name }) => name), lasting: answer === 'always' });
    } else if (saves && !isKnownKey && pin !== plain) {
      this.remember({ host, keys: [pin], conditions: [], lasting: true });
    }
  }

  /**
   * Judges a connection that is not encrypted: one to a host that has been, and one where a warning is wanted. The keys
   * that were known stay so beside a yes: when it is encrypted again, it has to be by one of them.
   *
   * @throws NP_TLS_REFUSED
   */
  async judgePlain(to: TrustedHost, warn: boolean, signal: AbortSignal): Promise<void> {
    if (this.options.networkSecurityLevel === 'low' || this.isLocal(to.remote)) return;
    const host = hostKey(to.host, to.port);
    const known = this.recall(host);
    const keys = known?.keys ?? [];
    const conditions = known?.conditions ?? [];
    const wasEncrypted = keys.some((key) => key !== plain);
    const problem: TrustProblem | null =
      wasEncrypted && !keys.includes(plain)
        ? { name: 'was-encrypted', text: 'the connection was encrypted before and is not now: somebody may listen' }
        : warn && !conditions.includes(':unencrypted')
          ? { name: ':unencrypted', text: 'the connection is not encrypted: everybody on the way can read it' }
          : null;
    if (!problem) return;
    const answer = await this.ask(to, [problem], null, signal);
    if (answer === 'no') throw refused(host, [problem]);
    const beside = (record: TrustRecord | null, lasting: boolean): void =>
      this.remember({
        host,
        keys: [...new Set([...(record?.keys ?? []), plain])],
        conditions: [...new Set([...(record?.conditions ?? []), ':unencrypted'])],
        lasting,
      });
    // What was accepted for the session does not become more than that.
    const isOfSession = known !== null && !known.lasting;
    if (answer === 'always') beside(isOfSession ? this.recall(host, 'lasting') : known, true);
    if (answer === 'session' || isOfSession) beside(known, false);
  }

  /** Nobody to ask, a question that fails and any other word mean no. */
  private async ask(
    { host, port }: TrustedHost,
    problems: readonly TrustProblem[],
    tls: Handshaken | null,
    signal: AbortSignal,
  ): Promise<TrustAnswer> {
    const { trustQuestion } = this.options;
    if (!trustQuestion || signal.aborted) return 'no';
    const certificates = tls?.chain.map(describe) ?? [];
    const details = [
      ...(tls ? [`${tls.protocol}, ${tls.keyExchange}, ${tls.cipher}, ${tls.mac}`] : []),
      ...certificates.flatMap((one) => [
        `Subject: ${one.subject}`,
        `Names: ${one.subjectAltNames}`,
        `Issuer: ${one.issuer}`,
        `Valid: ${one.validFrom} to ${one.validTo}`,
        `Key: ${one.publicKeyAlgorithm}, ${one.publicKeyBits} bits, ${one.publicKeyPin}`,
        `Signature: ${one.signatureAlgorithm}`,
      ]),
    ];
    const question: TrustQuestion = {
      host: plainText(host),
      port,
      problems,
      certificates,
      details: details.join('\n'),
      signal,
    };
    try {
      const answer = await givenUp(Promise.resolve(trustQuestion(question)), signal);
      return answer === 'always' || answer === 'session' ? answer : 'no';
    } catch {
      return 'no';
    }
  }

  /** @throws NP_TLS_REFUSED where the store throws: what is not known is not trusted */
  private recall(host: string, which: 'any' | 'lasting' = 'any'): TrustRecord | null {
    try {
      return which === 'lasting' ? this.memory.findLasting(host) : this.memory.find(host);
    } catch (cause) {
      const text = [
        'The Network Security Manager stopped the connections',
        'what is remembered of hosts cannot be read',
      ];
      throw new NetworkProcessError('NP_TLS_REFUSED', 'error', [...text, systemText(cause)], plainText(host), {
        cause,
        hint: 'Have trustStore give what it holds, then try again.',
      });
    }
  }

  private remember(record: Omit<TrustRecord, 'time'>): void {
    this.memory.remember({ ...record, time: Date.now() });
  }

  /** Whether the host is in a net of this computer's, and these are trusted. */
  private isLocal(remote: NetworkAddress): boolean {
    const { trustLocalNetwork } = this.options;
    const isTrusted = typeof trustLocalNetwork === 'function' ? trustLocalNetwork() : trustLocalNetwork;
    if (!isTrusted || !Array.isArray(remote)) return false;
    const words = (remote as number[]).slice(0, -1);
    return interfaceList(true, null).some(([, address, , mask]) => {
      if (!Array.isArray(address) || !Array.isArray(mask) || address.length !== words.length + 1) return false;
      return words.every(
        (word, i) => (word & (mask as number[])[i]!) === ((address as number[])[i]! & (mask as number[])[i]!),
      );
    });
  }
}

function pinOf({ chain }: Handshaken): string {
  return chain[0] ? `sha256:${publicKeyPin(chain[0])}` : plain;
}

/** Somebody who has gone away is not waited for. */
function givenUp<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | 'no'> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve('no');
    signal.addEventListener('abort', stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function refused(host: string, problems: readonly TrustProblem[]): NetworkProcessError {
  const text = 'The Network Security Manager stopped the connections';
  const why = problems.map(({ name, text: said }) => `${name} (${said})`).join(', ');
  return new NetworkProcessError('NP_TLS_REFUSED', 'error', [text, why], plainText(host));
}
