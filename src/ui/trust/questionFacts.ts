import type { TrustProblem } from '../../core';

/** The core's names for what is wrong where nothing is encrypted. An anonymous peer has no certificate and is encrypted. */
const plainNames: ReadonlySet<string> = new Set([':unencrypted', 'was-encrypted']);

export function isPlain({ problems }: { readonly problems: readonly TrustProblem[] }): boolean {
  return problems.some(({ name }) => plainNames.has(name));
}

/**
 * A line of a question's details. What a key is compared by is apart in the core's own line about a key only: a subject, a
 * name and an issuer are what a stranger wrote, and may look like one.
 */
export function detailOf(line: string): { readonly text: string; readonly pin: string | null } {
  const [, text, pin] = /^(Key: .*), (sha256:[0-9a-f]+)$/.exec(line) ?? [];
  return text !== undefined && pin !== undefined ? { text, pin } : { text: line, pin: null };
}
