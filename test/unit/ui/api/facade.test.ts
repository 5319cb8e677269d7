import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  createNetworkProcesses,
  type NetworkProcess,
  type NetworkProcessError,
  type NetworkProcesses,
} from '../../../../src/core';
import { facade } from '../../../../src/ui/api/facade';
import { guardedOptions } from '../../../../src/ui/api/guardedOptions';
import { tlsServer, trustOurs } from '../../core/tlsSupport';

describe('the core that other extensions have', () => {
  let core: NetworkProcesses;
  let api: NetworkProcesses;

  beforeEach(() => {
    core = createNetworkProcesses();
    const { internalDefaultProcessFilter, internalDefaultProcessSentinel } = core;
    const options = guardedOptions(core.options);
    api = facade(core, {
      ...{ internalDefaultProcessFilter, internalDefaultProcessSentinel, options },
      dispose: () => undefined,
    });
  });
  afterEach(() => core.dispose());

  it('has all of its functions and live values, and the very same processes and buffers', async () => {
    const told: string[] = [];
    const { dispose } = api.onDidChangeProcess(({ process, kind }) => told.push(`${process.name} ${kind}`));
    const { makeNetworkProcess, getBuffer } = api;
    const server = (await makeNetworkProcess({
      name: 's',
      server: true,
      service: true,
      buffer: 'b',
    })) as NetworkProcess;
    assert.deepEqual(told.slice(0, 1), ['s added']);
    assert.deepEqual([api.processList()[0], api.getProcess('s')], [server, core.getProcess('s')]);
    assert.equal(getBuffer('b'), server.buffer);
    assert.equal(api.processFilter(server), api.internalDefaultProcessFilter);
    const client = await makeNetworkProcess({ name: 'c', service: api.processContact(server, 'service') });
    await api.processSendString(client!, 'é');
    assert.deepEqual([api.lastCodingSystemUsed, core.lastCodingSystemUsed], ['utf-8-unix', 'utf-8-unix']);
    dispose();
    api.dispose();
    assert.equal(server.status, 'listen');
  });

  it('cannot be changed, and its prototype is nobody’s core', () => {
    const loose = api as unknown as Record<string, unknown>;
    assert.equal(Object.getPrototypeOf(api), Object.prototype);
    for (const name of ['trusted', 'opener', 'options', 'forgetTrust', 'more']) {
      assert.throws(() => (loose[name] = () => 'low'), TypeError, name);
    }
    for (const name of ['trusted', 'opener', 'maker', 'encryption', 'registry', 'captures', 'find']) {
      assert.ok(!(name in loose), name);
    }
  });

  it('tells no key and no passphrase in an error', async () => {
    const tlsParameters = { key: 'KEY', passphrase: 'PASS' };
    const closed = await tlsServer({});
    closed.close();
    const refused = api.makeNetworkProcess({ name: 'r', service: closed.port, tlsParameters });
    await assert.rejects(refused, (error: NetworkProcessError) => {
      assert.equal(error.code, 'NP_CONNECT_REFUSED');
      assert.ok(error.data.includes(Symbol.for(':service')));
      assert.doesNotMatch(inspect(error, { depth: 9 }), /KEY|PASS/);
      return true;
    });
  });

  it('leads nowhere to the options, to what is remembered of hosts, or to the core', async () => {
    trustOurs(core);
    core.options.trustQuestion = () => 'no';
    core.options.trustStore = { load: () => [], save: () => undefined };
    const peer = await tlsServer({});
    const processes = [
      await api.makeNetworkProcess({ name: 's', server: true, service: true, tlsParameters: { selfSigned: true } }),
      await api.makeNetworkProcess({ name: 'u', server: true, type: 'datagram', service: true }),
      await api.makeNetworkProcess({
        name: 't',
        host: 'localhost',
        service: peer.port,
        buffer: 'b',
        tlsParameters: {},
      }),
      await api.openNetworkStream('n', null, 'localhost', peer.port, { type: 'tls' }),
      await api.openNetworkStream('h', null, 'localhost', 1, { type: 'shell', shellCommand: 'cat # %s' }),
    ];
    assert.deepEqual(processes.map((process) => (process as NetworkProcess).encryption), ['TLS', null, 'TLS1.3', 'TLS1.3', null]); // prettier-ignore
    const secrets = new Set<unknown>([core, core.options, core.options.trustQuestion, core.options.trustStore]);
    const found = [...reachable([api, ...processes, ...api.bufferList()])].filter(
      ([one]) =>
        secrets.has(one) || /^(Functions|LiveOptions|TrustMemory|Trust|Encryption|StreamOpener)$/.test(classOf(one)),
    );
    assert.deepEqual(found.map(([, path]) => path), []); // prettier-ignore
    peer.close();
  });
});

const classOf = (one: object): string => {
  const own: unknown = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(one) ?? {}, 'constructor')?.value;
  return typeof own === 'function' ? own.name : '';
};

/** All that is held by properties, accessors, prototypes and collections, and the way there. */
function reachable(from: readonly unknown[]): Map<object, string> {
  const found = new Map<object, string>();
  const queue: [unknown, string][] = from.map((one, i) => [one, String(i)]);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [one, path] = next;
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null || found.has(one)) continue;
    if (one === globalThis || ArrayBuffer.isView(one)) continue;
    found.set(one, path);
    for (let at: object | null = one; at; at = Object.getPrototypeOf(at) as object | null) {
      for (const name of Reflect.ownKeys(at)) queue.push([valueOf(one, name), `${path}.${String(name)}`]);
    }
    if (one instanceof Map || one instanceof Set) for (const value of one.values()) queue.push([value, `${path}[]`]);
  }
  return found;
}

function valueOf(one: object, name: PropertyKey): unknown {
  try {
    return (one as Record<PropertyKey, unknown>)[name];
  } catch {
    // An accessor of something else.
    return undefined;
  }
}
