import * as vscode from 'vscode';
import { processesView } from '../ids';

/** What is done within this time needs no notification. */
const patienceMs = 1000;

/**
 * Does something that may take long: the view shows progress, and after a second a notification does, with Cancel.
 *
 * @param work Is to reject when its signal aborts.
 */
export async function whileConnecting<T>(
  title: string,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController();
  const result = work(AbortSignal.any([outer, cancel.signal]));
  const settled = result.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: processesView } }, () => settled);
  const timer = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => cancel.abort());
      return settled;
    });
  }, patienceMs);
  void settled.then(() => clearTimeout(timer));
  return result;
}
