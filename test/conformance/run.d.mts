export interface RunOptions {
  ids?: readonly string[];
  driver: string;
  scenarios: string;
  peersHome: string;
  golden?: string;
  /** Transcripts of scenarios that deviate from Emacs on purpose. */
  ours?: string;
  /** Shell command of a driver for Emacs, to be compared with. */
  emacs?: string;
  repeat?: number;
  jobs?: number;
  limit?: number;
  without?: readonly string[];
  keep?: string;
  print?: (line: string) => void;
}

export interface RunResult {
  passed: number;
  failed: number;
  notYet: number;
  skipped: { id: string; reason: string }[];
  failures: { id: string; lines: string[] }[];
}

export function runScenarios(options: RunOptions): Promise<RunResult>;
