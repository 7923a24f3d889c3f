import { hash, X509Certificate } from 'node:crypto';

import type { Peer } from '../message/index.ts';
import { subjectNames } from './subject-names.ts';

/** The other end of the connection, by the certificate that the proxy verified. Headers that claim one are never read. */
export interface Caller {
  /** As the proxy names it; empty without a certificate. */
  readonly principal: string;
  /** That name and every URI and DNS name of the certificate. */
  readonly names: readonly string[];
  /** SHA-256 of the certificate in DER, base64url (RFC 8705 section 3.1). */
  readonly thumbprint: string | undefined;
}

/** Certificates remembered once they are read: a caller comes with the same one for hours. */
const MAX_REMEMBERED = 512;
/** Longest certificate, URL-encoded. */
const MAX_CERTIFICATE = 16_384;

type Certificate = Pick<Caller, 'names' | 'thumbprint'>;
const NONE: Certificate = { names: [], thumbprint: undefined };

/** Reads callers, each certificate once. */
export function createCallerReader(): (peer: Peer) => Caller {
  const known = new Map<string, Certificate>();
  const read = (text: string): Certificate => {
    const found = known.get(text) ?? readCertificate(text);
    // The one that was read first makes room.
    if (known.size >= MAX_REMEMBERED && !known.has(text))
      for (const first of known.keys()) {
        known.delete(first);
        break;
      }
    known.set(text, found);
    return found;
  };
  return ({ principal, certificate }) => {
    const { names, thumbprint } = certificate === '' ? NONE : read(certificate);
    const all = principal === '' || names.includes(principal) ? names : [principal, ...names];
    return { principal, names: all, thumbprint };
  };
}

/** A certificate that cannot be read names nobody. */
function readCertificate(urlEncoded: string): Certificate {
  if (urlEncoded.length > MAX_CERTIFICATE) return NONE;
  try {
    const certificate = new X509Certificate(decodeURIComponent(urlEncoded));
    return {
      names: subjectNames(certificate.subjectAltName),
      thumbprint: hash('sha256', certificate.raw, 'base64url'),
    };
  } catch {
    // The proxy verified it; what is not understood here proves nothing here.
    return NONE;
  }
}
