import * as vscode from 'vscode';

/** What takes less is over before one could cancel it. */
const quietMs = 1000;

/** Runs something that can be cancelled; after a second a notification says so and offers Cancel. */
export async function withProgress<T>(title: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const result = run(controller.signal);
  const timer = setTimeout(() => showProgress(title, result, controller), quietMs);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}

function showProgress(title: string, result: Promise<unknown>, controller: AbortController): void {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  void vscode.window.withProgress(options, async (_, token) => {
    token.onCancellationRequested(() => controller.abort());
    // Whoever runs it hears of its failure.
    await result.catch(() => undefined);
  });
}
