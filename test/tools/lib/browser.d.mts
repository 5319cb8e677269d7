import type { Browser } from 'playwright-core';

export declare function findBrowser(): Promise<{
  executablePath: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Whether to try with the browser's sandbox. */
  sandbox: boolean;
  name: string;
}>;

export declare function launchBrowser(): Promise<Browser>;
