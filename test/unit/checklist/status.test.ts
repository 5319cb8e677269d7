import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { plainServer, until } from '../core/support';
import { connect, deadPort, host, make, portOf, row, serve, udp } from './row';

describe('checklist: statuses', () => {
  row('STA-01', 'a process is open, closed, connecting, stopped, failed or listening', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server);
    const late = await make(core, { host, service: await deadPort(), nowait: true });
    const all = (): (string | null)[] => [server, client, late].map((p) => core.processStatus(p));
    const first = all();
    core.stopProcess(server);
    core.deleteProcess(client);
    await until('it has failed', () => late.status !== 'connect');
    assert.deepEqual(
      [first, all()],
      [
        ['listen', 'open', 'connect'],
        ['stop', 'closed', 'failed'],
      ],
    );
  });

  row('STA-02', 'a datagram process is open, client or server', async (core) => {
    const server = await udp(core, { server: true, service: true });
    const client = await udp(core, { service: 9 });
    assert.deepEqual([server.status, client.status], ['open', 'open']);
  });

  row('STA-03', 'stop hides every status but closed', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server);
    const failed = await make(core, { host, service: await deadPort(), nowait: true });
    await until('it has failed', () => failed.status === 'failed');
    const closed = await connect(core, server);
    core.deleteProcess(closed);
    const connecting = await make(core, { host, service: portOf(core, server), nowait: true });
    const all = [server, client, failed, connecting, closed];
    const before = all.map((p) => p.status);
    for (const p of all) core.stopProcess(p);
    assert.deepEqual(
      [before, all.map((p) => p.status)],
      [
        ['listen', 'open', 'failed', 'connect', 'closed'],
        ['stop', 'stop', 'stop', 'stop', 'closed'],
      ],
    );
  });

  row('STA-04', 'the exit status tells how it ended', async (core) => {
    const peer = await plainServer((socket) => socket.end());
    const ended = await connect(core, peer.port);
    const server = await serve(core);
    const deleted = await connect(core, server);
    core.deleteProcess(deleted);
    const refused = await make(core, { host, service: await deadPort(), nowait: true });
    const unknown = await make(core, { host: '', service: 80, nowait: true });
    await until('all is over', () => [ended, refused, unknown].every((p) => !core.processLiveP(p)));
    assert.deepEqual(
      [server, deleted, ended, refused, unknown].map((p) => core.processExitStatus(p)),
      [0, 0, 256, constants.errno.ECONNREFUSED, 'Name lookup of  failed'],
    );
    core.deleteProcess(ended);
    assert.equal(core.processExitStatus(ended), 0);
    peer.close();
  });

  row('STA-05', 'open, listening, connecting and stopped processes live', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server);
    const stopped = await connect(core, server, { stop: true });
    const closed = await connect(core, server);
    core.deleteProcess(closed);
    const failed = await make(core, { host, service: await deadPort(), nowait: true });
    const live = [core.processLiveP(failed)];
    await until('it has failed', () => failed.status === 'failed');
    live.push(...[server, client, stopped, closed, failed].map((p) => core.processLiveP(p)));
    assert.deepEqual(live, [true, true, true, true, false, false]);
  });
});
