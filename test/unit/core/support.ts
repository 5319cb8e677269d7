import assert from 'node:assert/strict';
import net from 'node:net';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses, type Text } from '../../../src/core';

/** A registry that is disposed after the test, whatever happened. */
export function withCore(test: (core: NetworkProcesses) => Promise<void>): () => Promise<void> {
  return async () => {
    const core = createNetworkProcesses();
    try {
      await test(core);
    } finally {
      core.dispose();
    }
  };
}

/** Waits until something holds; fails after three seconds with what was waited for. */
export async function until(what: string, holds: () => unknown): Promise<void> {
  const limit = Date.now() + 3_000;
  while (!holds()) {
    if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Fails when this program spins: then it never waits. One quiet moment is enough, the computer may be busy. */
export async function assertWaiting(): Promise<void> {
  const shares = [];
  for (let i = 0; i < 3; i++) {
    const before = performance.eventLoopUtilization();
    await pause(100);
    shares.push(performance.eventLoopUtilization(before).utilization);
  }
  assert.ok(Math.min(...shares) < 0.5, `the event loop was busy for ${shares.join(', ')} of the time`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The code of the error that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
  return 'no error';
}

/** A filter and sentinel that write down what they are told, in one order. */
export function recorder(): {
  log: string[];
  filter: (process: NetworkProcess, output: Text) => void;
  sentinel: (process: NetworkProcess, message: string) => void;
} {
  const log: string[] = [];
  return {
    log,
    filter: (_, output) =>
      void log.push(`filter ${typeof output === 'string' ? output : Buffer.from(output).toString('latin1')}`),
    sentinel: (process, message) => void log.push(`sentinel ${message.trim()} ${process.status}`),
  };
}

/** A plain TCP server of Node's, closed by `close`; sockets stay half-open until they are ended here. */
export async function plainServer(
  onSocket: (socket: net.Socket) => void,
): Promise<{ port: number; close: () => void; sockets: net.Socket[] }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.unref();
    sockets.push(socket);
    onSocket(socket);
  });
  // A test that fails before `close` must not keep the run alive.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Random numbers that a failing test can repeat. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
