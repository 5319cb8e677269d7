import type { Browser } from 'playwright-core';

export declare function findBrowser(): Promise<{
  executablePath: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  name: string;
}>;

export declare function launchBrowser(): Promise<Browser>;
