import type { RunOptions, RunResult } from '../conformance/run.mjs';

export function runConformance(options?: Partial<RunOptions>): Promise<RunResult>;
