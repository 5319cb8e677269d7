/** What the reporter looks for on a test and on the suites around it. */
interface Marked {
  cannotRunReason?: string;
}

/**
 * Ends the test (or the hook, and so all of its tests) as skipped, with the reason that the run's last lines give.
 * To be called as `cannotRun(this, 'needs …')` from a `function` of mocha's.
 */
export function cannotRun(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable();
  const isEach = runnable.title.startsWith('"before each"');
  const isAll = runnable.title.startsWith('"before all"');
  const marked = isEach ? context.currentTest : isAll ? runnable.parent : runnable;
  if (marked) (marked as Marked).cannotRunReason = reason;
  context.skip();
}
