import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

import { type BadKey, bad } from './bad-key.ts';

/** What a PEM text holds. The dates are a certificate's own, Unix milliseconds. */
export interface ReadPem {
  readonly kind: 'publicKey';
  readonly key: KeyObject;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Serial number of a certificate, upper-case hex. */
  readonly serial?: string;
}

/** One block and nothing else but white space (RFC 7468). */
const ONE_BLOCK = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*$/;
const WANTED = 'one PEM block, PUBLIC KEY or CERTIFICATE';

/** Reads the PEM of a public key (SPKI, or PKCS#1 as in RFC 9421 appendix B.1.1) or of an X.509 certificate. Never throws. */
export function readPem(pem: string): ReadPem | BadKey {
  // OpenSSL would make the public half of a private key without a word.
  if (/PRIVATE KEY-----/.test(pem)) {
    return bad('PM6102', WANTED, 'a private key', 'openssl pkey -in FILE -pubout prints its public half');
  }
  const label = ONE_BLOCK.exec(pem)?.[1];
  try {
    if (label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY')
      return { kind: 'publicKey', key: createPublicKey(pem) };
    if (label === 'CERTIFICATE') return readCertificate(new X509Certificate(pem));
  } catch {
    // What OpenSSL says of it is not for people.
    return bad('PM6101', WANTED, `a block ${label} that cannot be decoded`);
  }
  return bad('PM6101', WANTED, label === undefined ? 'text of another form' : `a block ${label}`);
}

function readCertificate({ publicKey, validFrom, validTo, serialNumber }: X509Certificate): ReadPem | BadKey {
  const notBeforeMs = Date.parse(validFrom);
  const notAfterMs = Date.parse(validTo);
  if (Number.isNaN(notBeforeMs) || Number.isNaN(notAfterMs)) {
    return bad('PM6101', 'a certificate with dates', 'dates that cannot be read');
  }
  return { kind: 'publicKey', key: publicKey, notBeforeMs, notAfterMs, serial: serialNumber };
}
