import type { Browser } from 'playwright-core';
import type { Server, ServerOptions } from './server.mjs';
import type { Workbench } from './workbench.mjs';

export interface SessionOptions extends Partial<ServerOptions> {
  /** Texts of a workspace made for it, by path. */
  files?: Record<string, string>;
  width?: number;
  height?: number;
  scale?: number;
  failureFolder?: string;
  timeout?: number;
}

export interface Session {
  workbench: Workbench;
  server: Server;
  browser: Browser;
  workspace: string;
  /** Another page of the same server: another window. */
  reopen(): Promise<Workbench>;
  close(): Promise<void>;
}

/** The extension in a workbench that a script drives. */
export declare function startSession(options?: SessionOptions): Promise<Session>;
