export type Eol = 'unix' | 'dos' | 'mac';
export type Side = 'decode' | 'encode' | 'both';

/** What the user chose: a name without suffix, line ends (null: none said), and the direction. */
export interface CodingChoice {
  readonly base: string;
  readonly eol: Eol | null;
  readonly side: Side;
  /** Whether what was received before is decoded so, too. */
  readonly again: boolean;
}

interface Codings {
  readonly decode: string | null;
  readonly encode: string | null;
}

/** The coding systems of a process after a choice; a direction that was not chosen stays. */
export function chosenCoding(now: Codings, { base, eol, side }: Omit<CodingChoice, 'again'>): Codings {
  const name = eol === null ? base : `${base}-${eol}`;
  return { decode: side === 'encode' ? now.decode : name, encode: side === 'decode' ? now.encode : name };
}
