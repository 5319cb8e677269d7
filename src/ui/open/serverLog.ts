import type { LogFunction, NetworkProcess, NetworkProcesses } from '../../core';

/**
 * A log function that writes into the server's buffer, at its process mark: each accept, each failure to accept, and
 * how each client ended.
 */
export function serverLog(core: NetworkProcesses): LogFunction {
  const clients = new Map<NetworkProcess, NetworkProcess>();
  let subscription: { dispose(): void } | undefined;

  const watch = (client: NetworkProcess, server: NetworkProcess): void => {
    clients.set(client, server);
    // The state changes once more after the end, when the sentinel was told how it came.
    subscription ??= core.onDidChangeProcess(({ process, kind }) => {
      if (kind === 'state' && process.times.ended !== null) ended(process);
    });
  };
  const ended = (client: NetworkProcess): void => {
    const server = clients.get(client);
    if (!server || !clients.delete(client)) return;
    logLine(core, server, `${client.name}: ${client.lastMessage ?? ''}`);
    if (clients.size > 0) return;
    subscription?.dispose();
    subscription = undefined;
  };

  return (server, client, message) => {
    logLine(core, server, client ? `${message.trimEnd()} (${client.name})` : message);
    if (client) watch(client, server);
  };
}

/** Writes one line with the time into the server's buffer. */
export function logLine(core: NetworkProcesses, server: NetworkProcess, message: string): void {
  const time = new Date();
  const two = (n: number): string => String(n).padStart(2, '0');
  const stamp = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  core.insertNote(server, `[${stamp}] ${message.trimEnd()}`);
}
