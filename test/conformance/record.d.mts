import type { Transcript } from './compare.mjs';

export type Ran = { transcript: Partial<Transcript> } | { problems: string[] };

export function writeTranscript(folder: string, transcript: Partial<Transcript>): void;
export function record(folder: string, run: () => Promise<Ran>, times?: number): Promise<string[]>;
