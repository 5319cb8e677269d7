// How many small messages a second go through native sockets, beside a C program that does the same.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { compiledFile, here } from '../tools/native.mjs';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const [readable, writable] = [1, 2];
const messageSize = 64;
const inFlight = 8;
/**
 * Few messages at a time, but again as long as there are some: that keeps both sides working at once. Who takes all that
 * has come and then answers all of it has the peer waiting meanwhile, and then waits for the peer.
 */
const batchSize = 4;
const callsPerWake = 16;
const types = { seqpacket: 'SOCK_SEQPACKET', datagram: 'SOCK_DGRAM' };
const counts = { sent: 100_000, received: 100_000, echo: 80_000 };

/**
 * Rates of native sockets against a C program's, both with a C program as their peer, by "seqpacket, echo" and so on:
 * sent, received (one way each) and echo (8 messages on their way). Medians of ratios within one round.
 */
export async function packets(rounds) {
  const folder = mkdtempSync(`${tmpdir()}/netproc-packets-`);
  const program = `${folder}/packets`;
  execFileSync('cc', ['-O2', '-o', program, `${root}/test/bench/packets.c`]);
  const ratios = {};
  try {
    for (const type of Object.keys(types)) Object.assign(ratios, await ofType(program, type, rounds));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return ratios;
}

async function ofType(program, type, rounds) {
  const name = `netproc-packets-${process.pid}-${type}`;
  const peer = spawn(program, [type, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(peer, 'exit');
  const ratios = {};
  try {
    await Promise.race([once(peer.stdout, 'data'), ended]);
    for (const [mode, count] of Object.entries(counts)) {
      const found = [];
      for (let i = 0; i < rounds; i++) {
        const c = Number(execFileSync(program, [type, name, mode, String(count)]));
        const ours = await new Exchange(type, name).run(mode, count);
        if (process.env.NETPROC_VERBOSE) console.log(`${type}, ${mode}: C ${c}, ours ${ours.toFixed(0)} a second`);
        found.push(ours / c);
      }
      ratios[`${type}, ${mode}`] = median(found);
    }
  } finally {
    peer.kill();
    await ended;
  }
  return ratios;
}

let exchanges = 0;

class Exchange {
  constructor(type, name) {
    const addon = createRequire(import.meta.url)(compiledFile(here));
    const { AF_UNIX, [types[type]]: kind } = addon.constants;
    this.socket = addon.socket(AF_UNIX, kind, 0);
    const address = (text) => addon.addressLocal(Buffer.from(`\0${text}`));
    if (type === 'datagram') this.must(this.socket.bind(address(`${name}-ours-${exchanges++}`)));
    this.must(this.socket.connect(address(name)));
    this.batch = {
      lengths: new Int32Array(batchSize),
      sizes: new Int32Array(batchSize),
      slab: new Uint8Array(64 * 1024),
      long: null,
      from: null,
      fromLengths: null,
    };
    this.messages = Array.from({ length: 64 }, () => Buffer.alloc(messageSize));
  }

  must(result) {
    if (result < 0) throw new Error(`System error ${-result}`);
    return result;
  }

  /** Messages a second. */
  async run(mode, count) {
    const start = process.hrtime.bigint();
    const request = Buffer.alloc(messageSize);
    request.write(mode[0]);
    request.writeUInt32LE(count, 4);
    this.must(this.socket.send(request, null));
    await this[mode](count);
    this.socket.close();
    return count / (Number(process.hrtime.bigint() - start) / 1e9);
  }

  async sent(count) {
    await this.until(writable, () => {
      while (count > 0) {
        const now = this.messages.slice(0, count);
        const taken = this.socket.sendMany(now, 0, null);
        count -= Math.max(taken, 0);
        if (taken < now.length) break;
      }
      return count === 0;
    });
    await this.received(1);
  }

  received(count) {
    return this.until(readable, () => {
      this.take((came) => (count -= came));
      return count <= 0;
    });
  }

  async echo(count) {
    let toSend = count - inFlight;
    this.must(this.socket.sendMany(this.messages.slice(0, inFlight), 0, null));
    await this.until(readable, () => {
      this.take((came) => {
        count -= came;
        const now = this.messages.slice(0, Math.min(came, toSend));
        toSend -= now.length;
        if (now.length && this.socket.sendMany(now, 0, null) !== now.length) throw new Error('No room');
      });
      return count <= 0;
    });
  }

  /** What has come, told in numbers of messages. */
  take(onCame) {
    for (let i = 0; i < callsPerWake; i++) {
      const came = this.socket.receive(this.batch);
      if (came > 0) onCame(came);
      if (came < batchSize) return;
    }
  }

  until(events, isDone) {
    return new Promise((resolve, reject) => {
      this.socket.watch(events, () => {
        try {
          if (!isDone()) return;
          this.socket.watch(0);
          resolve();
        } catch (error) {
          this.socket.close();
          reject(error);
        }
      });
    });
  }
}
