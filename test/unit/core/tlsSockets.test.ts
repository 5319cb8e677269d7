import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { itWithNative } from '../../support/nativeSockets';
import { codeOf, plainServer, recorder, until, withCore } from './support';
import { keyPair, trustOurs } from './tlsSupport';

const host = '127.0.0.1';

/** A server of ours that encrypts, and answers in brackets. */
async function encryptingServer(core: NetworkProcesses, where: Record<string, unknown>): Promise<NetworkProcess> {
  const filter = (process: NetworkProcess, text: unknown): unknown =>
    core.processSendString(process, `<${String(text)}>`);
  const spec = { name: 's', server: true, tlsParameters: keyPair('good'), filter, ...where };
  return (await core.makeNetworkProcess(spec))!;
}

/** A client that has been answered. */
async function answered(core: NetworkProcesses, spec: Record<string, unknown>): Promise<NetworkProcess> {
  const { log, filter } = recorder();
  const tlsParameters = { hostname: 'localhost' };
  const client = (await core.makeNetworkProcess({ name: 'c', tlsParameters, filter, ...spec }))!;
  assert.equal(core.gnutlsPeerStatus(client)?.protocol, 'TLS1.3');
  await core.processSendString(client, 'hi');
  await until('it is answered', () => log.includes('filter <hi>'));
  return client;
}

const serviceOf = (core: NetworkProcesses, process: NetworkProcess): unknown => core.processContact(process, 'service');

describe('TLS on sockets of other kinds', () => {
  itWithNative(
    'goes with options that are set before it connects, and with ones set later, on both sides',
    withCore(async (core) => {
      trustOurs(core);
      const server = await encryptingServer(core, { host, service: true, keepalive: true });
      const service = serviceOf(core, server);
      const client = await answered(core, { host: 'localhost', service, keepalive: true, linger: 3 });
      const optionsOf = (process: NetworkProcess): unknown[] => {
        const { keepalive, linger, nodelay } = core.networkProcessOptions(process)!;
        return [keepalive, linger, nodelay];
      };
      assert.deepEqual(optionsOf(client), [true, 3, false]);
      core.setNetworkProcessOption(client, 'nodelay', true);
      core.setNetworkProcessOption(client, 'linger', null);
      assert.deepEqual(optionsOf(client), [true, null, true]);
      const other = core.processList().find(({ name }) => name.startsWith('s <'))!;
      core.setNetworkProcessOption(other, 'nodelay', true);
      assert.equal(optionsOf(other)[2], true);
      core.deleteProcess(client);
      await until('the other side has ended', () => other.status === 'closed');
    }),
  );

  itWithNative(
    'goes with raw addresses: the certificate is to be for the address in them',
    withCore(async (core) => {
      trustOurs(core);
      const zeros = new Array<number>(8).fill(0);
      const raw = (port: number): object => ({ family: 2, bytes: [port >> 8, port & 255, 127, 0, 0, 1, ...zeros] });
      const server = await encryptingServer(core, { local: raw(0) });
      const remote = raw((core.processContact(server, 'local') as number[]).at(-1)!);
      await answered(core, { remote });
      // Without a name: 127.0.0.1 is in the good one, and not in the other.
      await answered(core, { remote, tlsParameters: {} });
      const other = await encryptingServer(core, { host, service: true, tlsParameters: keyPair('otherhost') });
      const wrong = raw(serviceOf(core, other) as number);
      const made = core.makeNetworkProcess({ name: 'w', remote: wrong, tlsParameters: {} });
      await assert.rejects(made, /:no-host-match/);
    }),
  );

  itWithNative(
    'goes with local sockets without a file',
    withCore(async (core) => {
      trustOurs(core);
      const service = `\0netproc-tls-${Math.random().toString(36).slice(2)}`;
      await encryptingServer(core, { family: 'local', service });
      await answered(core, { family: 'local', service });
    }),
  );

  it(
    'goes with local sockets',
    withCore(async (core) => {
      trustOurs(core);
      const folder = mkdtempSync(join(tmpdir(), 'np-tls-'));
      const service = join(folder, 's');
      await encryptingServer(core, { family: 'local', service });
      await answered(core, { family: 'local', service });
      core.processList().forEach((process) => core.deleteProcess(process));
      rmSync(folder, { recursive: true });
    }),
  );

  it(
    'is refused before anything is made where it would be no stream, or one of an unknown family',
    withCore(async (core) => {
      const server = await plainServer(() => assert.fail('somebody connected'));
      const service = server.port;
      const given = { name: 'c', buffer: 'b', tlsParameters: {} };
      const codes = [
        await codeOf(core.makeNetworkProcess({ ...given, type: 'datagram', host, service })),
        await codeOf(
          core.makeNetworkProcess({ ...given, type: 'seqpacket', family: 'local', service: '/tmp/np-none' }),
        ),
        await codeOf(core.makeNetworkProcess({ ...given, remote: { family: 99, bytes: [1, 2, 3] } })),
        await codeOf(core.makeNetworkProcess({ ...given, tlsParameters: 5, host, service })),
      ];
      const wanted = ['NP_OPTION_COMBINATION', 'NP_OPTION_COMBINATION', 'NP_OPTION_COMBINATION', 'NP_WRONG_TYPE'];
      // Packets of local sockets need native ones.
      if (codes[1] === 'NP_UNSUPPORTED') wanted[1] = 'NP_UNSUPPORTED';
      assert.deepEqual(codes, wanted);
      assert.deepEqual([core.processList(), core.getBuffer('b')], [[], null]);
      server.close();
    }),
  );
});
