import type { Options } from '../api';
import { endpoint } from '../address/address';
import { NetworkProcessError } from '../errors';
import { handshake } from '../tls/handshake';
import type { TlsSide } from '../tls/tlsParameters';
import type { TlsStream } from '../tls/tlsStream';
import type { StreamTransport } from '../transport/transport';
import type { Trust, TrustedHost } from '../trust/trust';
import { whileGoing, type Phased } from './deadline';

export interface Securing {
  readonly side: TlsSide;
  readonly to: TrustedHost;
  /** The key is remembered even when all is well. */
  readonly saveKey: boolean;
  readonly options: Options;
  readonly trust: Trust;
}

/**
 * Encrypts a connected stream, and judges it before a byte of an application goes either way.
 *
 * @throws NP_TLS_…; the reason of `phased`. The connection is gone then.
 */
export async function secure(stream: StreamTransport, phased: Phased, securing: Securing): Promise<TlsStream> {
  const { side, to, options } = securing;
  const target = endpoint(to.host, to.port);
  const ms = options.handshakeTimeoutMs;
  phased.phase(ms, () => silence(ms, target));
  const tls = await handshake(stream, side, phased);
  phased.phase(null);
  try {
    if (side.isServer) demandCertificate(tls, side, target);
    else await judge(tls, phased, securing, target);
    return tls;
  } catch (error) {
    tls.close();
    throw error;
  }
}

/** A handshake that took longer than it may. */
export function silence(ms: number, target: string): NetworkProcessError {
  const text = ['TLS negotiation failed: the peer was silent', `${ms} ms`];
  return new NetworkProcessError('NP_TLS_TIMEOUT', 'gnutls-error', text, target);
}

/** A server that wants to know its clients lets in those that somebody it trusts vouches for. */
function demandCertificate({ handshaken }: TlsStream, { requestCertificate }: TlsSide, target: string): void {
  if (!requestCertificate || (handshaken.chain.length > 0 && handshaken.warnings.length === 0)) return;
  const why = handshaken.chain.length === 0 ? 'the client gave no certificate' : handshaken.warnings.join(', ');
  throw new NetworkProcessError('NP_TLS_CERTIFICATE', 'gnutls-error', [`Client certificate refused: ${why}`], target);
}

async function judge(
  tls: TlsStream,
  phased: Phased,
  { side, to, saveKey, trust }: Securing,
  target: string,
): Promise<void> {
  const { handshaken } = tls;
  const { hostname, verifyError, minPrimeBits } = side;
  const must = (what: 'trustfiles' | 'hostname'): boolean => verifyError === true || verifyError.includes(what);
  const ofChain = handshaken.warnings.filter((warning) => warning !== 'no-host-match');
  if (must('trustfiles') && ofChain.length > 0) {
    const text = `Certificate validation failed ${hostname}, verification code ${verificationCode(ofChain)}`;
    throw new NetworkProcessError('NP_TLS_CERTIFICATE', 'error', [text, ofChain.join(', ')], target);
  }
  if (must('hostname') && handshaken.warnings.includes('no-host-match')) {
    const text = `The x509 certificate does not match "${hostname}"`;
    throw new NetworkProcessError('NP_TLS_CERTIFICATE', 'error', [text], target);
  }
  const { primeBits } = handshaken;
  if (minPrimeBits !== null && primeBits !== null && primeBits < minPrimeBits) {
    const text = `TLS negotiation failed: the prime has ${primeBits} bits, ${minPrimeBits} are wanted`;
    throw new NetworkProcessError('NP_TLS_HANDSHAKE', 'gnutls-error', [text], target);
  }
  await whileGoing(phased, (signal) => trust.judge(handshaken, to, { hostname, saveKey, signal }));
}

/** GnuTLS' bits of what is wrong with a certificate, in hex. */
const bits: Readonly<Record<string, number>> = {
  invalid: 0x2,
  revoked: 0x20,
  'unknown-ca': 0x40,
  'not-ca': 0x80,
  insecure: 0x100,
  'not-activated': 0x200,
  expired: 0x400,
  'signature-failure': 0x800,
  'revocation-data-superseded': 0x1000,
  'revocation-data-issued-in-future': 0x8000,
  'signer-constraints-failure': 0x10000,
  'purpose-mismatch': 0x40000,
};

function verificationCode(warnings: readonly string[]): string {
  return warnings.reduce((sum, warning) => sum | (bits[warning] ?? 0), 0).toString(16);
}
