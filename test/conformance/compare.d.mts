export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Transcript {
  id: string;
  steps: Json[];
  events: Record<string, Json[]>;
}

export function canonical(transcript: Partial<Transcript>): Transcript;
export function differences(wanted: Transcript, got: Transcript): string[];
export function ascii(v: Json, indent?: number): string;
