/**
 * Ends the test (or the hook, and so all of its tests) as skipped, with the reason that the run's last lines give.
 * To be called as `cannotRun(this, 'needs …')` from a `function` of mocha's.
 */
export function cannotRun(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Runnable & { cannotRunReason?: string };
  const isBeforeEach = runnable.title.startsWith('"before each"');
  const marked = isBeforeEach ? context.currentTest : runnable.type === 'hook' ? runnable.parent : runnable;
  if (marked) (marked as { cannotRunReason?: string }).cannotRunReason = reason;
  context.skip();
}
