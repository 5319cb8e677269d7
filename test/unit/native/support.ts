import { existsSync } from 'node:fs';
import { kitOf, type Kit } from '../../native/kit.mjs';
import { cannotRun } from '../../support/cannotRun';
import { compiledFile, here } from '../../tools/native.mjs';
import { runAsync } from '../../tools/lib/processes.mjs';

export const ownFile = compiledFile(here);

/** The committed addon of this computer; skips where there is none. */
export function ownKit(context: Mocha.Context): Kit {
  if (!existsSync(ownFile)) cannotRun(context, `needs native sockets for ${here}`);
  return kitOf(ownFile);
}

const limitMs = 60_000;

/** Runs a script of test/native to its end. Returns what it printed; throws unless it ended well. */
export async function runScript(
  script: string,
  args: readonly string[],
  { node = [process.execPath], env = {} }: { node?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const [program = '', ...flags] = node;
  const all = [...flags, `test/native/${script}.mjs`, ...args];
  const { code, signal, output } = await runAsync(program, all, {
    env: { ...process.env, ...env },
    timeout: limitMs,
  });
  if (code !== 0 || signal) throw new Error(`${script} ended with ${signal ?? code}:\n${output.slice(-4000)}`);
  return output.trim();
}
