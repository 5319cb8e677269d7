import type { Disposable } from '../../core';
import type { Row } from '../rows/row';

/** The process whose document or terminal is active, and what is known of how it is shown. */
export interface StatusTarget {
  readonly row: Row;
  /** Characters that are not in the view any more. */
  readonly trimmed: number;
  /** How it is shown: a document, a terminal. */
  readonly view:
    | {
        readonly kind: 'document';
        /** Whether it goes along with what comes. */
        readonly following: boolean;
        /** What has come since it does not. */
        readonly newBytes: number;
      }
    | {
        readonly kind: 'terminal';
        /** Its options in a few words. */
        readonly options: string;
      };
}

/** Where such views come from: documents, terminals. */
export interface StatusSource {
  /** The active one of its views, if any. */
  active(): StatusTarget | undefined;
  /** Another view is active (`turnedTo`: the user went there), or what is said about it has changed. */
  onDidChange(listener: (turnedTo: boolean) => void): Disposable;
}
