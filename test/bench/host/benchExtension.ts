// The bench's own extension, loaded beside ours: does in the extension host what the bench asks for, by JSON lines.
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../../src/core';
import type { NetworkProcessesExports } from '../../../src/extension';
import { Flood } from './flood';
import { Terminals } from './terminals';

interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: never;
}

type Methods = Record<string, (argument: never) => unknown>;

/** Connects to the bench; does nothing where none has set its port. */
export async function activate(): Promise<void> {
  const port = Number(process.env.NETPROC_BENCH_PORT);
  if (!port) return;
  const ours = vscode.extensions.getExtension<NetworkProcessesExports>('network-processes.network-processes');
  const core = (await ours!.activate()).getAPI(1);
  serve(net.connect(port, '127.0.0.1'), methodsOf(core));
}

function methodsOf(core: NetworkProcesses): Methods {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let flood: Flood | undefined;
  const terminals = new Terminals(core);
  return {
    openFlood: async (asked: ConstructorParameters<typeof Flood>[1]) => {
      flood = new Flood(core, asked);
      await flood.open();
    },
    runFlood: (ask: string) => flood!.run(ask),
    closeFlood: () => flood!.close(),
    openTerminal: (asked: never) => terminals.open(asked),
    askTerminal: (ask: string) => terminals.ask(ask),
    closeTerminal: () => terminals.close(),
    /** Bytes that are really in use, and bytes of memory that the host has. */
    memory: () => {
      collect();
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      return { used: heapUsed + external, rss };
    },
  };
}

function serve(socket: net.Socket, methods: Methods): void {
  const answer = (id: number, answered: object): void => void socket.write(`${JSON.stringify({ id, ...answered })}\n`);
  createInterface({ input: socket }).on('line', (line) => {
    const { id, method, argument } = JSON.parse(line) as Request;
    void Promise.resolve()
      .then(() => methods[method]!(argument))
      .then(
        (result) => answer(id, { result: result ?? null }),
        (error: unknown) => answer(id, { error: error instanceof Error ? error.stack : String(error) }),
      );
  });
}
