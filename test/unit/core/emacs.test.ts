import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses, Text } from '../../../src/core';
import { Programs, needs } from '../../support/peers/programs';
import { pause, withCore } from './support';

const peer = join(process.cwd(), 'test/support/peers/emacsPeer.el');
const host = '127.0.0.1';
const limitMs = 15_000;

interface Talk {
  readonly coding: string;
  readonly text: Text;
  /** What goes over the wire, either way. */
  readonly bytes: Buffer;
}

/** What Emacs prints. */
interface Report {
  readonly ports?: number[];
  readonly coding: string;
  readonly heard: number[];
  readonly bytes: number[];
}

// The bytes are those of other programs: Python's codecs and Node's.
const talks: readonly Talk[] = [
  talk('utf-8', 'Grüße, мир, 世界 😀\n!', Buffer.from('Grüße, мир, 世界 😀\n!')),
  talk('latin-1', 'Grüße, ça va\n!', Buffer.from('Grüße, ça va\n!', 'latin1')),
  talk('shift_jis', '日本語 テスト\n!', Buffer.from('93fa967b8cea20836583588367' + '0a21', 'hex')),
  talk('euc-jp', '日本語 テスト\n!', Buffer.from('c6fccbdcb8ec20a5c6a5b9a5c8' + '0a21', 'hex')),
  talk('koi8-r', 'Привет, мир\n!', Buffer.from('f0d2c9d7c5d42c20cdc9d2' + '0a21', 'hex')),
  talk('raw-text', Buffer.from('e9ff800a0021', 'hex'), Buffer.from('e9ff800a0021', 'hex')),
  talk('utf-8-dos', 'Zeile\nnoch eine, é\n!', Buffer.from('Zeile\r\nnoch eine, é\r\n!')),
];

function talk(coding: string, text: Text, bytes: Buffer): Talk {
  return { coding, text, bytes };
}

const characters = (text: Text): number[] =>
  typeof text === 'string' ? Array.from(text, (c) => c.codePointAt(0)!) : [...text];

/** Starts Emacs for a test; `reports` resolves to what it has printed once that are so many lines. */
async function withEmacs(
  what: { server: boolean; datagram: boolean; ports: readonly number[] },
  test: (reports: (count: number) => Promise<Report[]>) => Promise<void>,
): Promise<void> {
  const { server, datagram, ports } = what;
  const spoken = talks.map(({ coding, bytes }, i) => ({ coding, bytes: [...bytes], port: ports[i] ?? 0 }));
  const programs = new Programs();
  const json = JSON.stringify({ server, datagram, talks: spoken });
  const emacs = programs.start('emacs', '-Q', '--batch', '-l', peer, json);
  try {
    await test(async (count) => {
      await emacs.waitOutput(new RegExp(`^(.*\\n){${count}}`));
      return emacs.output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Report);
    });
  } finally {
    await programs.endAll();
  }
}

/** One of ours for each talk; `heard` is what each was given, joined. */
class Ours {
  readonly heard = new Map<string, Buffer | string>();
  private readonly all: NetworkProcess[] = [];

  constructor(
    private readonly core: NetworkProcesses,
    private readonly answers: boolean,
  ) {}

  async make({ coding }: Talk, more: Record<string, unknown>): Promise<NetworkProcess> {
    const filter = (process: NetworkProcess, output: Text) => this.take(process, coding, output);
    const made = (await this.core.makeNetworkProcess({ name: coding, host, coding, filter, ...more }))!;
    this.all.push(made);
    return made;
  }

  private take(process: NetworkProcess, coding: string, output: Text): void {
    const before = this.heard.get(coding);
    const heard =
      typeof output === 'string'
        ? `${(before as string) ?? ''}${output}`
        : Buffer.concat([(before as Buffer) ?? Buffer.alloc(0), output]);
    this.heard.set(coding, heard);
    if (characters(heard).at(-1) !== 0x21) return;
    this.all.push(process);
    if (this.answers) void this.core.processSendString(process, heard);
  }

  /** The bytes that went one way in a talk. */
  bytes(coding: string, direction: 'received' | 'sent'): Buffer {
    const entries = [...new Set(this.all)]
      .filter((p) => p.name.startsWith(coding) && (p.name === coding || p.name.startsWith(`${coding} `)))
      .flatMap((p) => p.byteLog.entries);
    return Buffer.concat(entries.filter((e) => e.direction === direction).map((e) => e.bytes));
  }
}

/** The same text on both sides, the same bytes both ways. */
function compare(ours: Ours, reports: readonly Report[]): void {
  for (const { coding, text, bytes } of talks) {
    const theirs = reports.find((r) => r.coding === coding);
    assert.deepEqual(theirs?.heard, characters(text), `${coding}: what Emacs heard`);
    assert.deepEqual(Buffer.from(theirs.bytes), bytes, `${coding}: what Emacs encodes`);
    assert.deepEqual(characters(ours.heard.get(coding) ?? ''), characters(text), `${coding}: what we heard`);
    assert.deepEqual(ours.bytes(coding, 'sent'), bytes, `${coding}: what we sent`);
    assert.deepEqual(ours.bytes(coding, 'received'), bytes, `${coding}: what we received`);
  }
}

async function untilHeard(ours: Ours): Promise<void> {
  const complete = () => talks.every(({ coding }) => characters(ours.heard.get(coding) ?? '').at(-1) === 0x21);
  for (const end = Date.now() + limitMs; !complete(); await pause(5)) {
    if (Date.now() > end) throw new Error(`heard only of ${[...ours.heard.keys()].join(', ')}`);
  }
}

describe('A real Emacs at the other end', function () {
  this.timeout(2 * limitMs);

  before(function () {
    needs(this, 'emacs');
  });

  for (const datagram of [false, true]) {
    const type = datagram ? 'datagram' : null;
    const kind = datagram ? 'datagrams' : 'a stream';

    it(
      `understands ${kind} from us, in ${talks.length} coding systems, and is understood: Emacs is the server`,
      withCore((core) =>
        withEmacs({ server: true, datagram, ports: [] }, async (reports) => {
          const [{ ports = [] } = {}] = await reports(1);
          const ours = new Ours(core, false);
          for (const [i, one] of talks.entries()) {
            const client = await ours.make(one, { type, service: ports[i] });
            await core.processSendString(client, one.text);
          }
          await untilHeard(ours);
          compare(ours, await reports(1 + talks.length));
        }),
      ),
    );

    it(
      `understands ${kind} from us, in ${talks.length} coding systems, and is understood: Emacs is the client`,
      withCore(async (core) => {
        const ours = new Ours(core, true);
        const ports: number[] = [];
        // Linux may give two datagram sockets that reuse addresses one port.
        const own = datagram ? { reuseaddr: null } : {};
        for (const one of talks) {
          const server = await ours.make(one, { type, server: true, service: true, family: 'ipv4', ...own });
          ports.push(core.processContact(server, 'service') as number);
        }
        await withEmacs({ server: false, datagram, ports }, async (reports) => {
          await untilHeard(ours);
          compare(ours, await reports(talks.length));
        });
      }),
    );
  }
});
