import { createNetworkProcesses } from '../../src/core';
import { cannotRun } from './cannotRun';

const core = createNetworkProcesses();
const problem = core.featureProblem('useExternalSocket');
core.dispose();

/** Whether this run has native sockets. */
export const hasNativeSockets = problem === null;

/** Native sockets were switched off for this run: what needs them is tested in another. */
export const isSwitchedOff = process.env.NETPROC_ADDON === 'off';

/** A test of native sockets. It is left out of a run without them, and cannot run where there are none. */
export function itWithNative(title: string, test: (this: Mocha.Context) => Promise<void> | void): void {
  if (isSwitchedOff) return;
  it(title, function () {
    if (problem !== null) cannotRun(this, problem);
    return test.call(this);
  });
}
