import type { ErrorReport, Filter, LogFunction, Options, ProcessChange, Sentinel } from '../api';
import type { Buffer as TextBuffer } from '../buffer/buffer';
import type { CodingSystem } from '../coding/codingSystem';
import type { SocketType } from '../transport/socketOptions';
import type { CaptureStore } from '../log/captureStore';
import type { OutputWaits } from './outputWaits';
import type { Process } from './process';
import type { Registry } from './registry';

/** What a process needs of the registry it lives in. */
export interface World {
  readonly options: Options;
  readonly registry: Registry;
  readonly captures: CaptureStore;
  readonly waits: OutputWaits;
  changed(change: ProcessChange): void;
  report(report: ErrorReport): void;
  /** Text was decoded or encoded by this system. */
  coded(system: CodingSystem | null): void;
}

/** What a process is made from, all checked. */
export interface ProcessPlan {
  readonly name: string;
  readonly contact: Map<string, unknown>;
  readonly isServer: boolean;
  readonly type: SocketType;
  readonly server: Process | null;
  readonly buffer: TextBuffer | null;
  readonly filter: Filter | true | null;
  readonly sentinel: Sentinel | null;
  readonly log: LogFunction | null;
  /** The process's from now on. */
  readonly plist: Map<string, unknown>;
  readonly decode: CodingSystem | null;
  readonly encode: CodingSystem | null;
  readonly stopped: boolean;
  readonly query: boolean;
  readonly inheritCoding: boolean;
  /** A program takes the place of the connection. */
  readonly isReal?: boolean;
  /** An ended process whose byte log it goes on with. */
  readonly continues: Process | null;
}
