import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Ended, Program, Sent, StreamTransport } from '../transport/transport';
import { NetworkProcessError } from '../errors';

const ignore = (): void => undefined;
/** What the programs of a shell that has ended may take to write their last. */
const graceMs = 1_000;

/**
 * A program in a shell whose standard input and output take the place of a socket.
 *
 * @see Emacs Lisp manual, "Network Connections" (:type shell)
 */
export class ShellStream implements StreamTransport, Program {
  onData: (bytes: Buffer, size: number) => void = ignore;
  onEnd: ((error: unknown) => void) | null = null;
  readonly program = this;
  readonly local = '';
  readonly remote = '';
  readonly hasPackets = false;
  ended: Ended | null = null;
  /** The shell has ended; what it wrote may still be there. */
  private hasExited = false;
  private grace: NodeJS.Timeout | null = null;
  private isGroupEnded = false;
  private over = false;
  /** It ended before anybody read. */
  private isMissed = false;
  private readonly watcher: ChildProcess | null;

  private constructor(
    private readonly child: ChildProcess,
    readonly command: readonly string[],
  ) {
    this.watcher = process.platform === 'win32' ? null : watch(child.pid!);
    for (const output of [child.stdout!, child.stderr!]) {
      output.pause();
      output.on('data', (bytes: Buffer) => this.onData(bytes, bytes.length));
      output.on('error', ignore);
    }
    // A program that has ended takes no more input: its end tells.
    child.stdin!.on('error', ignore);
    child.on('error', ignore);
    child.on('exit', () => {
      this.hasExited = true;
      this.grace = setTimeout(() => this.endGroup(), graceMs);
    });
    child.on('close', (code, signal) => {
      this.endGroup();
      this.finish(code, signal);
    });
  }

  /** @throws NP_SHELL_FAILED */
  static async start(shell: string, command: string): Promise<ShellStream> {
    const isWindows = process.platform === 'win32';
    // A group of its own, so that all it starts ends with it.
    const args = isWindows ? ['/d', '/s', '/c', command] : ['-c', command];
    const child = spawn(shell, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: !isWindows,
      windowsHide: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause: Error) =>
        reject(
          new NetworkProcessError('NP_SHELL_FAILED', 'file-error', ['Starting shell failed', cause.message], shell, {
            cause,
          }),
        ),
      );
    });
    return new ShellStream(child, [shell, ...args]);
  }

  get pid(): number {
    return this.child.pid!;
  }

  setReading(on: boolean): void {
    if (on && this.isMissed) {
      this.isMissed = false;
      this.over = false;
      return void setImmediate(() => this.end_());
    }
    for (const output of [this.child.stdout!, this.child.stderr!]) {
      if (on) output.resume();
      else output.pause();
    }
  }

  write(bytes: Uint8Array, sent: Sent): void {
    this.child.stdin!.write(bytes, (error) => sent(error ?? null));
  }

  end(sent: Sent): void {
    this.child.stdin!.end(() => sent(null));
  }

  setOption(): void {
    throw new NetworkProcessError('NP_UNSUPPORTED', 'error', ['A shell connection has no socket']);
  }

  options(): null {
    return null;
  }

  signal(signal: NodeJS.Signals | number): void {
    // Its number may be another program's by now.
    if (this.hasExited) return;
    try {
      process.kill(process.platform === 'win32' ? this.pid : -this.pid, signal);
    } catch (error) {
      // Nothing of it runs any more.
      if ((error as { code?: unknown }).code !== 'ESRCH') throw error;
    }
  }

  close(): void {
    this.onData = ignore;
    this.onEnd = null;
    if (this.ended) return;
    this.over = true;
    this.endGroup();
    this.child.stdin!.destroy();
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  /**
   * What the shell leaves running ends with it, when it has written its last, or soon. Not later: while there are such
   * programs no other group gets their number, but when there are none it has been free since the shell's end.
   */
  private endGroup(): void {
    if (this.isGroupEnded) return;
    this.isGroupEnded = true;
    if (this.grace) clearTimeout(this.grace);
    this.watcher?.kill('SIGKILL');
    try {
      if (process.platform !== 'win32') process.kill(-this.pid, 'SIGKILL');
      else if (!this.hasExited) process.kill(this.pid, 'SIGKILL');
    } catch {
      // There are none, or they are another user's.
    }
  }

  private finish(code: number | null, signal: NodeJS.Signals | null): void {
    const text = signal
      ? `${signalTexts[signal] ?? signal.toLowerCase()}\n`
      : code
        ? `exited abnormally with code ${code}\n`
        : 'finished\n';
    this.ended = { status: signal ? 'signal' : 'exit', message: text, exitStatus: code ?? 1 };
    if (this.over) return;
    this.over = true;
    if (this.onEnd) this.onEnd(null);
    else this.isMissed = true;
  }

  private end_(): void {
    if (this.over) return;
    this.over = true;
    this.onEnd?.(null);
  }
}

/** Ends a group when this program is gone, however that came about: then nobody holds what is read here. */
function watch(group: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "-$1"', 'sh', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.on('error', ignore).unref();
  watcher.stdin.on('error', ignore);
  (watcher.stdin as Socket).unref();
  return watcher;
}

const signalTexts: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGSEGV: 'segmentation fault',
  SIGPIPE: 'broken pipe',
};
