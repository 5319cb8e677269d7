/** Starts the scripted other sides of a scenario and collects what they report. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Json, DriverProblem } from './json';

const startLimitMs = 10_000;

export class Peer {
  /** 0 for peers on paths. */
  port = 0;
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Resolves when the peer has told its port. */
  static async start(folder: string, program: string, config: Json, directory: string): Promise<Peer> {
    const child = spawn(process.execPath, [join(folder, 'peers', program), JSON.stringify(config)], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const peer = new Peer(child);
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        reject(new DriverProblem(`peer ${program} ${why}`));
      };
      const timer = setTimeout(() => fail('did not start in time'), startLimitMs);
      child.stdout?.on('data', () => {
        if (!peer.output.includes('\n')) return;
        clearTimeout(timer);
        resolve();
      });
      child.once('error', (e) => fail(e.message));
      child.once('exit', (code) => fail(`ended with ${code} before it told its port`));
    });
    peer.port = Number.parseInt(peer.allLines()[0] ?? '0', 10) || 0;
    return peer;
  }

  /** Reports so far: complete lines after the one with the port. */
  lines(): string[] {
    return this.allLines().slice(1);
  }

  stop(): void {
    this.child.kill('SIGTERM');
  }

  private allLines(): string[] {
    return this.output
      .slice(0, this.output.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '');
  }
}
