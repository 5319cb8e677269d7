import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { cannotRun } from '../../support/cannotRun';
import { itWithNative } from '../../support/nativeSockets';
import { needs, Programs } from '../../support/peers/programs';
import { root } from '../../tools/lib/paths.mjs';
import { recorder, until, withCore } from './support';

const limitMs = 20_000;

/** What Emacs does: it is `name` at a path of its own, and sends back what it hears, with `>` before it. */
const emacsProgram = `
(let* ((seq (equal (nth 0 args) "seqpacket")) (server (equal (nth 1 args) "server"))
       (own (nth 2 args)) (other (nth 3 args)) (heard nil)
       (filter (lambda (p text) (push text heard)
                 (unless (string-prefix-p ">" text) (process-send-string p (concat ">" text)))))
       (p (apply #'make-network-process :name "peer" :type (if seq 'seqpacket 'datagram) :filter filter :sentinel #'ignore
                 (cond (server (list :server t :family 'local :service own))
                       (seq (list :family 'local :service other))
                       (t (list :server t :family 'local :service own :remote other))))))
  (send-string-to-terminal "ready\\n")
  (unless server (process-send-string p "hello") (process-send-string p "again"))
  (with-timeout (15 nil)
    (while (< (length heard) 2) (accept-process-output nil 0.05))
    (accept-process-output nil 0.2))
  (send-string-to-terminal (concat (mapconcat #'identity (reverse heard) " ") "\\n")))`;

describe('native sockets and other programs', function () {
  this.timeout(2 * limitMs);
  let folder = '';
  let programs = new Programs();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'np-peers-'));
  });
  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(() => programs.endAll());
  after(() => rmSync(folder, { recursive: true }));

  const pathFor = (name: string): string => join(folder, `${name}-${Math.random().toString(36).slice(2, 8)}`);

  const make = async (core: NetworkProcesses, spec: Record<string, unknown>): Promise<NetworkProcess> =>
    (await core.makeNetworkProcess({ name: 'p', family: 'local', ...spec }))!;

  /** Waits for a socket that another program makes. */
  const atPath = (path: string): Promise<void> => until(`there is ${path}`, () => existsSync(path));

  const emacs = (...args: string[]) =>
    programs.start(
      'emacs',
      '-Q',
      '--batch',
      '--eval',
      `(let ((args '${JSON.stringify(args)
        .replace(/^\[(.*)\]$/, '($1)')
        .replaceAll(',', ' ')})) ${emacsProgram})`,
    );

  for (const type of ['seqpacket', 'datagram']) {
    itWithNative(`talk to Emacs, which serves ${type}s`, async function () {
      needs(this, 'emacs');
      await withCore(async (core) => {
        const [own, theirs] = [pathFor('own'), pathFor('theirs')];
        const { log, filter } = recorder();
        const peer = emacs(type, 'server', theirs, own);
        await peer.waitOutput('ready');
        const process = await make(core, {
          ...(type === 'seqpacket' ? { service: theirs } : { server: true, service: own, remote: theirs }),
          ...{ type, filter },
        });
        await Promise.all([core.processSendString(process, 'one'), core.processSendString(process, 'two')]);
        await until('it answered', () => log.length === 2);
        assert.deepEqual(log, ['filter >one', 'filter >two']);
        await peer.waitOutput('one two');
      })();
    });

    itWithNative(`serve ${type}s to Emacs`, async function () {
      needs(this, 'emacs');
      await withCore(async (core) => {
        const [own, theirs] = [pathFor('own'), pathFor('theirs')];
        const heard: string[] = [];
        const filter = (process: NetworkProcess, text: string): void => {
          heard.push(text);
          void core.processSendString(process, `>${text}`);
        };
        await make(core, { server: true, service: own, type, filter });
        const peer = emacs(type, 'client', theirs, own);
        await peer.waitOutput('>hello >again');
        assert.deepEqual(heard, ['hello', 'again']);
      })();
    });
  }

  itWithNative('talk packets with socat, both ways round, also under a name in no folder', async function () {
    needs(this, 'socat');
    await withCore(async (core) => {
      const service = pathFor('seq');
      const { log, filter } = recorder();
      // Between the file and its listening, others are refused.
      const cat = programs.start('socat', '-d', '-d', `UNIX-LISTEN:${service},type=5`, 'EXEC:cat');
      await cat.waitComplaint('listening on');
      const client = await make(core, { service, type: 'seqpacket', filter });
      await core.processSendString(client, 'to socat and back');
      await until('it came back', () => log.length === 1);
      assert.equal(log[0], 'filter to socat and back');

      const name = `np-socat-${process.pid}`;
      const server = await make(core, {
        ...{ server: true, service: `\0${name}`, type: 'seqpacket', coding: 'utf-8-unix' },
        filter: (p: NetworkProcess, text: string) => core.processSendString(p, `heard ${text}`),
      });
      const socat = programs.start('socat', '-', `ABSTRACT-CONNECT:${name},type=5`);
      await until('it is accepted', () => server.clients.count === 1);
      socat.write('from socat\n');
      await socat.waitOutput('heard from socat');
      const stream = await make(core, {
        server: true,
        service: `\0${name}-s`,
        filter: (p: NetworkProcess, text: string) => core.processSendString(p, text),
      });
      const plain = programs.start('socat', '-', `ABSTRACT-CONNECT:${name}-s`);
      await until('it is accepted', () => stream.clients.count === 1);
      plain.write('stream\n');
      await plain.waitOutput('stream');
    })();
  });

  itWithNative('talk datagrams with socat, both ways round', async function () {
    needs(this, 'socat');
    await withCore(async (core) => {
      const [own, theirs] = [pathFor('own'), pathFor('theirs')];
      const { log, filter } = recorder();
      programs.start('socat', `UNIX-RECVFROM:${theirs},fork`, 'EXEC:cat');
      await atPath(theirs);
      const server = await make(core, { server: true, service: own, remote: theirs, type: 'datagram', filter });
      await core.processSendString(server, 'to socat and back');
      await until('it came back', () => log.length === 1);
      const sender = pathFor('sender');
      const socat = programs.start('socat', '-', `UNIX-SENDTO:${own},bind=${sender}`);
      await atPath(sender);
      socat.write('from socat');
      await until('it came', () => log.length === 2);
      assert.deepEqual(log, ['filter to socat and back', 'filter from socat']);
      assert.equal(core.processDatagramAddress(server), sender);
      await core.processSendString(server, 'answer');
      await socat.waitOutput('answer');
    })();
  });

  itWithNative('reach everyone of a network with broadcast, through the interface asked for', async function () {
    needs(this, 'socat', 'ip');
    if (process.getuid?.() !== 0) cannotRun(this, 'needs root for a network namespace');
    const [here, there] = [`np-a-${process.pid}`, `np-b-${process.pid}`];
    const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
    try {
      for (const name of [here, there]) ip('netns', 'add', name);
    } catch (error) {
      cannotRun(this, `needs network namespaces: ${String((error as { stderr?: unknown }).stderr).trim()}`);
    }
    try {
      ip('link', 'add', 'np-left', 'netns', here, 'type', 'veth', 'peer', 'name', 'np-right', 'netns', there);
      for (const [name, link, host] of [
        [here, 'np-left', 1],
        [there, 'np-right', 2],
      ] as const) {
        ip('-n', name, 'addr', 'add', `10.77.0.${host}/24`, 'broadcast', '10.77.0.255', 'dev', link);
        ip('-n', name, 'link', 'set', link, 'up');
      }
      const listener = programs.start('ip', 'netns', 'exec', there, 'socat', '-u', '-d', '-d', 'UDP-RECV:7777', '-');
      await listener.waitComplaint('starting data transfer');
      const script = `
        const { createNetworkProcesses } = require(${JSON.stringify(`${root}/dist/core.js`)});
        const core = createNetworkProcesses();
        const make = (more) => core.makeNetworkProcess({
          name: 'u', type: 'datagram', host: '10.77.0.255', service: 7777, bindtodevice: 'np-left', ...more });
        (async () => {
          const refused = await make({});
          await core.processSendString(refused, 'unheard').catch((error) => console.log(error.code));
          const process = await make({ broadcast: true });
          await core.processSendString(process, 'to all\\n');
          console.log(core.networkProcessOptions(process).bindtodevice);
          core.dispose();
        })();`;
      const sender = programs.start('ip', 'netns', 'exec', here, process.execPath, '-e', script);
      assert.equal(await sender.waitEnd(), 0, sender.complaints);
      assert.deepEqual(sender.output.trim().split('\n'), ['NP_SEND_PERMISSION', 'np-left']);
      await listener.waitOutput('to all');
      assert.equal(listener.output, 'to all\n');
    } finally {
      await programs.endAll();
      for (const name of [here, there]) ip('netns', 'del', name);
    }
  });
});
