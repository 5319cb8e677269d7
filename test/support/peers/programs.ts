import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killTree, waitGone } from '../../tools/lib/processes.mjs';
import { cannotRun } from '../cannotRun';

const limitMs = 15_000;

/** Skips the test unless all of these programs are on PATH. */
export function needs(context: Mocha.Context, ...programs: string[]): void {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length > 0) cannotRun(context, `needs ${missing.join(', ')}`);
}

function isOnPath(program: string): boolean {
  const isProgram = (folder: string): boolean => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean).some(isProgram);
}

/** The programs that a test talks to. */
export class Programs {
  private readonly running: Program[] = [];

  /** Starts one; it gets a process group of its own. */
  start(file: string, ...args: string[]): Program {
    const program = new Program(file, args);
    this.running.push(program);
    return program;
  }

  /** Ends all that were started and still run. */
  async endAll(): Promise<void> {
    const pids = this.running.splice(0).flatMap((program) => program.kill());
    if (!(await waitGone(pids, 3000))) throw new Error(`Programs that can't be ended: ${pids.join(', ')}`);
  }
}

/** A program with its input and output in the test's hands. */
export class Program {
  /** All that it wrote to its standard output. */
  output = '';
  /** All that it wrote to its standard error. */
  complaints = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly name: string;
  private failure: Error | undefined;

  constructor(file: string, args: readonly string[]) {
    this.name = [file, ...args].join(' ');
    this.child = spawn(file, args, { detached: true });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    this.child.on('error', (error) => (this.failure = error));
    // It may have ended before it read all.
    this.child.stdin.on('error', (error) => (this.complaints += `${String(error)}\n`));
  }

  write(text: string): void {
    this.child.stdin.write(text);
  }

  /** Ends its input. */
  endInput(): void {
    this.child.stdin.end();
  }

  /** Waits until its output contains a text, or all of it is that. */
  waitOutput(part: string | RegExp): Promise<void> {
    return this.until(`to write ${String(part)}`, () => fits(this.output, part));
  }

  /** Waits until it says something on its standard error, as servers do when they are ready. */
  waitComplaint(part: string | RegExp): Promise<void> {
    return this.until(`to say ${String(part)}`, () => fits(this.complaints, part));
  }

  /** Waits until it has ended, and returns its exit code. */
  async waitEnd(): Promise<number> {
    await this.until('to end', () => this.child.exitCode !== null && this.child.stdout.readableEnded);
    return this.child.exitCode ?? -1;
  }

  /** Ends it with all that it started. Returns the pids. */
  kill(): number[] {
    const { pid, exitCode, signalCode } = this.child;
    return pid === undefined || exitCode !== null || signalCode !== null ? [] : killTree(pid);
  }

  private async until(expected: string, isSo: () => boolean): Promise<void> {
    for (const end = Date.now() + limitMs; !isSo(); await sleep(20)) {
      if (this.failure) throw this.failure;
      if (Date.now() < end) continue;
      throw new Error(`Expected ${this.name} ${expected}.\nOutput: ${this.output}\nComplaints: ${this.complaints}`);
    }
  }
}

function fits(text: string, part: string | RegExp): boolean {
  return part instanceof RegExp ? part.test(text) : text.includes(part);
}

/** A port of loopback that nobody has, for programs that can't choose one themselves. */
export async function freePort(kind: 'tcp' | 'udp'): Promise<number> {
  const probe = kind === 'tcp' ? createServer().listen(0, '127.0.0.1') : createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  return port;
}
