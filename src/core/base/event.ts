/** Something that can be undone or given back. Calling `dispose` again does nothing. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes to something that happens; the same shape as `vscode.Event`. */
export type Event<T> = (listener: (e: T) => unknown) => Disposable;

/** Where listeners' exceptions go, so that a bad one harms nobody else. */
export type ErrorSink = (error: unknown) => void;

/**
 * A source of events. Listeners are called in the order they came; one that throws is reported and the rest still run.
 */
export class Emitter<T> implements Disposable {
  private listeners: ((e: T) => unknown)[] = [];

  constructor(private readonly onError: ErrorSink) {}

  get event(): Event<T> {
    return (listener) => {
      this.listeners = [...this.listeners, listener];
      return {
        dispose: () => {
          this.listeners = this.listeners.filter((l) => l !== listener);
        },
      };
    };
  }

  fire(e: T): void {
    for (const listener of this.listeners) {
      try {
        listener(e);
      } catch (error) {
        this.onError(error);
      }
    }
  }

  dispose(): void {
    this.listeners = [];
  }
}
