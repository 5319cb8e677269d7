import { endpoint, type InetAddress } from '../address/address';
import { resolveHost, resolveService } from '../address/resolve';
import { fileError, NetworkProcessError } from '../errors';
import type { CheckedWhere, Where } from './checkSpec';

/** An address that a socket can be given. */
export type SocketAddress = InetAddress | { readonly path: string };

/** An address, or one in the system's own bytes, of which only the family counts here. */
export type Target = SocketAddress | { readonly rawFamily: number };

/** An address for people: `127.0.0.1:80`, a path. */
export function targetText(target: Target): string {
  if ('rawFamily' in target) return `<Family ${target.rawFamily}>`;
  return 'path' in target ? target.path : endpoint(target.host, target.port);
}

const timeout = Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' });

/**
 * One attempt to connect or listen: lookup and connect share its time, and whoever cancels it. An end of any kind
 * aborts `signal`.
 */
export class Attempt {
  private readonly controller = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private readonly cancelled = (): void => this.cancel();

  /**
   * @param timeoutMs For lookup and connect together.
   * @param outer Whoever may wish to stop.
   */
  constructor(
    private readonly checked: CheckedWhere,
    private readonly timeoutMs: number,
    private readonly outer: readonly AbortSignal[],
  ) {
    this.deadline = setTimeout(() => this.controller.abort(timeout), timeoutMs);
    for (const signal of outer) {
      if (signal.aborted) this.cancel();
      signal.addEventListener('abort', this.cancelled);
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  cancel(): void {
    this.controller.abort(
      new NetworkProcessError('NP_CANCELLED', 'quit', [`Connecting ${this.checked.name} was cancelled`]),
    );
  }

  /** The addresses to try, in order. Rejects at once when the attempt ends. */
  targets(): Promise<Target[]> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(signal.reason as Error);
      if (signal.aborted) return ended();
      signal.addEventListener('abort', ended, { once: true });
      lookUp(this.checked)
        .finally(() => signal.removeEventListener('abort', ended))
        .then(resolve, reject);
    });
  }

  /** A failure as it is told: running out of time is an error of connecting. */
  explain(error: unknown): unknown {
    if (error !== timeout) return error;
    return fileError('connect', timeout, `${whereText(this.checked.where)}, ${this.timeoutMs} ms`);
  }

  dispose(): void {
    clearTimeout(this.deadline);
    for (const signal of this.outer) signal.removeEventListener('abort', this.cancelled);
  }
}

async function lookUp({ where, isDatagram }: CheckedWhere): Promise<Target[]> {
  if (where.kind === 'address') return [where.address];
  if (where.kind === 'path') return [{ path: where.path }];
  if (where.kind === 'raw') return [{ rawFamily: where.family }];
  const port = resolveService(where.service, isDatagram ? 'udp' : 'tcp', where.host);
  return resolveHost(where.host, where.family, port, where.service);
}

function whereText(where: Where): string {
  if (where.kind === 'name') return endpoint(where.host, where.service);
  if (where.kind === 'raw') return targetText({ rawFamily: where.family });
  return targetText(where.kind === 'path' ? where : where.address);
}
