import { endpoint } from '../address/address';
import { resolveHost, resolveService } from '../address/resolve';
import { targetText, type Target } from '../address/target';
import { fileError, NetworkProcessError } from '../errors';
import type { CheckedWhere, Where } from './checkSpec';
import type { Phased } from './deadline';

const timeout = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });

/**
 * One attempt to connect or listen: lookup and connect share its time, and whoever cancels it. No `AbortController`: of
 * what a connection costs, that would be a good part.
 */
export class Attempt implements Phased {
  reason: Error | null = null;
  private deadline: NodeJS.Timeout;
  private listener: ((reason: Error) => void) | null = null;

  /**
   * @param checked Null once it is over.
   * @param timeoutMs For lookup and connect together.
   * @param outer Whoever may wish to stop.
   */
  constructor(
    private checked: CheckedWhere | null,
    private readonly timeoutMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.deadline = setTimeout(() => this.end(timeout), timeoutMs);
    if (outer?.aborted) this.cancel();
    outer?.addEventListener('abort', this);
  }

  /** Whoever may wish to stop, does. */
  handleEvent(): void {
    this.cancel();
  }

  cancel(): void {
    if (!this.checked || this.reason) return;
    this.end(new NetworkProcessError('NP_CANCELLED', 'quit', [`Connecting ${this.checked.name} was cancelled`]));
  }

  phase(ms: number | null, reason: () => Error = () => timeout): void {
    clearTimeout(this.deadline);
    if (ms !== null && this.checked && !this.reason) this.deadline = setTimeout(() => this.end(reason()), ms);
  }

  onEnd(listener: (reason: Error) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }

  /** Waits; @throws the reason when the attempt ends meanwhile. */
  pause(ms: number): Promise<void> {
    if (this.reason) return Promise.reject(this.reason);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        resolve();
      }, ms);
      const off = this.onEnd((reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }

  /** The addresses to try, in order; a look-up is given up at once when the attempt ends. */
  targets(): Target[] | Promise<Target[]> {
    if (this.reason) throw this.reason;
    const found = lookUp(this.checked!);
    if (Array.isArray(found)) return found;
    return new Promise((resolve, reject) => {
      const off = this.onEnd(reject);
      found.finally(off).then(resolve, reject);
    });
  }

  /** A failure as it is told: running out of time is an error of connecting. */
  explain(error: unknown): unknown {
    if (error !== timeout || !this.checked) return error;
    return fileError('connect', timeout, `${whereText(this.checked.where)}, ${this.timeoutMs} ms`);
  }

  /** It has come to its end by itself: nothing cancels it any more. */
  dispose(): void {
    // See `Entry` of the registry: the set of attempts would hold it longer than it is used.
    this.checked = null;
    clearTimeout(this.deadline);
    this.outer?.removeEventListener('abort', this);
  }

  private end(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    this.listener?.(reason);
  }
}

function lookUp({ where, type }: CheckedWhere): Target[] | Promise<Target[]> {
  if (where.kind === 'address') return [where.address];
  if (where.kind === 'path') return [{ path: where.path }];
  if (where.kind === 'raw') return [where.address];
  const port = resolveService(where.service, type === 'datagram' ? 'udp' : 'tcp', where.host);
  return resolveHost(where.host, where.family, port, where.service);
}

function whereText(where: Where): string {
  if (where.kind === 'name') return endpoint(where.host, where.service);
  return targetText(where.kind === 'path' ? where : where.address);
}
