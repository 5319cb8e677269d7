import assert from 'node:assert/strict';
import {
  createNetworkProcesses,
  inetVector,
  type NetworkAddress,
  type NetworkProcess,
  type NetworkProcesses,
} from '../../../src/core';
import { fromVector } from '../../../src/core/address/address';
import { parseAddress } from '../../../src/ui/open/parseAddress';
import { plainServer, seeded, until } from './support';

/** Another one finds other things: NETPROC_SEED=7 npm test -- unit */
const firstSeed = Number(process.env.NETPROC_SEED ?? 1);

describe('properties', () => {
  it(`addresses are read from their own text (seed ${firstSeed})`, () => {
    const random = seeded(firstSeed);
    const number = (below: number): number => Math.floor(random() * below);
    const core = createNetworkProcesses();
    for (let i = 0; i < 5_000; i++) {
      const isFour = random() < 0.5;
      const parts = Array.from({ length: isFour ? 4 : 8 }, () =>
        // Runs of zeros are what IPv6 is written shorter for.
        random() < 0.4 ? 0 : number(isFour ? 256 : 65_536),
      );
      const vector: NetworkAddress = [...parts, 1 + number(65_535)];
      const { host, port } = fromVector(vector)!;
      const told = `${String(vector)}, ${host}`;
      assert.deepEqual(inetVector(host, port), vector, told);
      assert.deepEqual(inetVector(core.formatNetworkAddress(vector, true)!, port), vector, told);
      assert.equal(core.formatNetworkAddress(parts), core.formatNetworkAddress(vector, true), told);
      const parsed = parseAddress(core.formatNetworkAddress(vector)!, 'tcp', 'client');
      assert.ok(parsed.ok, told);
      assert.deepEqual(inetVector(String(parsed.spec.host), Number(parsed.spec.service)), vector, told);
      assert.deepEqual(parseAddress(parsed.label, 'tcp', 'client'), parsed, told);
    }
    core.dispose();
  });

  for (let seed = firstSeed; seed < firstSeed + 8; seed++) {
    it(`whatever is done in whatever order, the registry is right and each end told once (seed ${seed})`, async () => {
      const core = createNetworkProcesses();
      const peer = await plainServer((socket) => void socket.write('hello'));
      try {
        await new Life(core, peer.port, () => peer.sockets.at(-1)?.destroy(), seed).live(120);
      } finally {
        core.dispose();
        peer.close();
      }
    });
  }
});

/** What the sentinel of a process was told, and whether the test deleted it. */
interface Told {
  readonly messages: string[];
  deleted: boolean;
}

/** Random operations on random processes, and what has to hold after each. */
class Life {
  private readonly random: () => number;
  private readonly told = new Map<NetworkProcess, Told>();

  constructor(
    private readonly core: NetworkProcesses,
    private readonly port: number,
    private readonly breakOne: () => void,
    seed: number,
  ) {
    this.random = seeded(seed);
  }

  async live(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.step();
      if (this.random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 2));
      this.check();
    }
    for (const process of this.core.processList()) this.delete(process);
    await until('sentinels to be told', () => [...this.told.values()].every(({ messages }) => endings(messages) > 0));
    this.check();
    assert.deepEqual(this.core.processList(), []);
    for (const [process, { messages }] of this.told) assert.equal(endings(messages), 1, `${process.name}: ${messages}`);
  }

  private async step(): Promise<void> {
    const { core } = this;
    const list = core.processList();
    const one = list[Math.floor(this.random() * list.length)];
    const dice = this.random();
    if (dice < 0.3 || !one) return this.make();
    if (dice < 0.45) this.delete(one);
    else if (dice < 0.55) core.stopProcess(this.random() < 0.5 ? one : one.name);
    else if (dice < 0.7) core.continueProcess(one);
    else if (dice < 0.85) await core.processSendString(one, 'x').catch(() => undefined);
    else if (dice < 0.9) await core.processSendEof(one).catch(() => undefined);
    else this.breakOne();
  }

  private async make(): Promise<void> {
    const { core } = this;
    // Names meet: three of them for all.
    const name = ['a', 'b', 'a<1>'][Math.floor(this.random() * 3)]!;
    const sentinel = (process: NetworkProcess, message: string): void => {
      const told = this.told.get(process) ?? { messages: [], deleted: false };
      told.messages.push(message);
      this.told.set(process, told);
    };
    const kind = this.random();
    const nowait = this.random() < 0.5;
    const spec =
      kind < 0.3
        ? { server: true, service: true }
        : kind < 0.5
          ? { type: 'datagram', host: '127.0.0.1', service: this.port, nowait }
          : { host: '127.0.0.1', service: kind < 0.9 ? this.port : 1, nowait };
    const made = await core.makeNetworkProcess({ ...spec, name, sentinel }).catch(() => null);
    if (made && !this.told.has(made)) this.told.set(made, { messages: [], deleted: false });
  }

  private delete(process: NetworkProcess): void {
    this.told.get(process)!.deleted = true;
    this.core.deleteProcess(process);
    assert.equal(this.told.get(process)!.messages.at(-1), 'deleted\n');
  }

  private check(): void {
    const { core } = this;
    const list = core.processList();
    const names = list.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, names.join());
    for (const process of list) {
      assert.equal(core.getProcess(process.name), process);
      assert.notEqual(process.status, 'closed');
      assert.equal(core.processCommand(process) === true, process.status === 'stop');
    }
    for (const [process, { messages, deleted }] of this.told) {
      const text = `${process.name} ${process.status}: ${messages.join()}`;
      assert.equal(process.status === 'closed', !list.includes(process), text);
      assert.ok(endings(messages) <= 1, text);
      if (deleted) assert.equal(process.status, 'closed', text);
      assert.ok(messages.filter((m) => m === 'open\n').length <= 1, text);
      if (endings(messages) === 1) assert.match(messages.at(-1)!, ending, text);
    }
  }
}

/** The last thing a sentinel is told. One that failed is told so, and is deleted afterwards. */
const ending = /^(deleted|connection broken by remote peer)\n$/;
const endings = (messages: readonly string[]): number => messages.filter((m) => ending.test(m)).length;
