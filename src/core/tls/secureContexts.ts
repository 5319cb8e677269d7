import { createHash } from 'node:crypto';
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { NetworkProcessError } from '../errors';
import { Authorities } from './authorities';

/** Parameters as the library has them, and whom they trust. */
interface Context {
  readonly secure: SecureContext;
  readonly authorities: Authorities;
}

/** Making one reads hundreds of authorities, which would be most of what a handshake costs. */
const kept = 32;
const contexts = new Map<string, Context>();

/**
 * The library's object for such parameters, made when there is none.
 *
 * @throws NP_TLS_PARAMETERS with what the library says
 */
export function contextOf(options: SecureContextOptions): Context {
  const name = keyOf(options);
  const known = contexts.get(name);
  if (known) return known;
  const { ca, crl } = options;
  const made = { secure: make(options), authorities: new Authorities({ ca, crl }) };
  if (contexts.size >= kept) contexts.delete(contexts.keys().next().value!);
  contexts.set(name, made);
  return made;
}

/**
 * Secrets are in it: only a digest is kept. Files of authorities and of what they revoked are long, and the same text
 * time after time.
 */
function keyOf(options: SecureContextOptions): string {
  const { ca, crl, ...rest } = options;
  const hash = createHash('sha256').update(JSON.stringify(rest));
  for (const files of [ca, crl]) {
    const list = [files ?? []].flat();
    hash.update(`${list.length} `);
    for (const one of list) hash.update(digest(one));
  }
  return hash.digest('base64');
}

const digests = new Map<string, string>();

function digest(text: string | Buffer): string {
  if (typeof text !== 'string') return createHash('sha256').update(text).digest('base64');
  let known = digests.get(text);
  if (known === undefined) {
    if (digests.size >= 1_000) digests.clear();
    digests.set(text, (known = createHash('sha256').update(text).digest('base64')));
  }
  return known;
}

function make(options: SecureContextOptions): SecureContext {
  try {
    // A peer may not make the other side negotiate again and again.
    return createSecureContext({ ...options, secureOptions: constants.SSL_OP_NO_RENEGOTIATION });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new NetworkProcessError(
      'NP_TLS_PARAMETERS',
      'error',
      [`The TLS library refuses these parameters: ${text}`],
      null,
      {
        cause,
      },
    );
  }
}
