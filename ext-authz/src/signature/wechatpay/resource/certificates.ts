import { X509Certificate } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

import { decryptResource, type EncryptedResource } from './decrypt-resource.ts';

/** A certificate whose key signs what WeChat Pay sends to an account. */
export interface PlatformCertificate {
  /** Upper-case hex, as in Wechatpay-Serial. */
  readonly serial: string;
  readonly pem: string;
  /** Unix milliseconds: when both the answer and the certificate itself say that it is valid. */
  readonly effectiveMs: number;
  readonly expireMs: number;
}

export type PlatformCertificates =
  | { readonly kind: 'certificates'; readonly certificates: readonly PlatformCertificate[] }
  /** `problem` is a sentence for a log; nothing of the answer is in it. */
  | { readonly kind: 'malformed'; readonly problem: string };

/** Most certificates in an answer; WeChat Pay has two while one takes over from the other. */
const MAX_CERTIFICATES = 32;

/**
 * Reads the body of an answer to GET /v3/certificates. All of it must be right, or nothing is taken. Serial and dates
 * stand outside the encryption, so they count only as far as the certificate says the same. Never throws.
 */
export function platformCertificates(json: string, apiV3Key: Secret): PlatformCertificates {
  const items = readItems(json);
  if (items === undefined || items.length === 0) return malformed('the answer holds no list of certificates');
  if (items.length > MAX_CERTIFICATES) return malformed('the answer holds too many certificates');
  const certificates: PlatformCertificate[] = [];
  for (const item of items) {
    const read = readCertificate(item, apiV3Key);
    if (typeof read === 'string') return malformed(read);
    if (certificates.some(({ serial }) => serial === read.serial)) return malformed('a serial comes twice');
    certificates.push(read);
  }
  return { kind: 'certificates', certificates };
}

/** A certificate, or what is wrong with it. */
function readCertificate(item: unknown, apiV3Key: Secret): PlatformCertificate | string {
  const serial = textOf(item, 'serial_no').toUpperCase();
  const sealed = field(item, 'encrypt_certificate');
  const resource: EncryptedResource = {
    algorithm: textOf(sealed, 'algorithm'),
    ciphertext: textOf(sealed, 'ciphertext'),
    nonce: textOf(sealed, 'nonce'),
    associated_data: textOf(sealed, 'associated_data'),
  };
  const opened = decryptResource(apiV3Key, resource);
  if (opened.kind === 'malformed') return `a certificate has no usable ${opened.part}`;
  if (opened.kind === 'forged') return 'a certificate cannot be decrypted with this APIv3 key';
  const pem = opened.bytes.toString('utf8');
  const certificate = parseCertificate(pem);
  if (certificate === undefined) return 'what was encrypted is no certificate';
  if (withoutZeros(certificate.serialNumber) !== withoutZeros(serial))
    return 'a certificate has another serial than the answer says';
  const effectiveMs = Math.max(timeOf(item, 'effective_time'), Date.parse(certificate.validFrom));
  const expireMs = Math.min(timeOf(item, 'expire_time'), Date.parse(certificate.validTo));
  // NaN, where a time is no time, is not less.
  if (!(effectiveMs < expireMs)) return 'a certificate has no time in which it is valid';
  return { serial, pem, effectiveMs, expireMs };
}

function readItems(json: string): readonly unknown[] | undefined {
  try {
    const items = field(JSON.parse(json), 'data');
    return Array.isArray(items) ? items : undefined;
  } catch {
    // No JSON: the caller is told by the absence of a list.
    return undefined;
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    // No certificate: the caller is told by its absence.
    return undefined;
  }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function timeOf(item: unknown, name: string): number {
  const text = textOf(item, name);
  return RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
}

function textOf(item: unknown, name: string): string {
  const value = field(item, name);
  return typeof value === 'string' ? value : '';
}

function field(item: unknown, name: string): unknown {
  if (typeof item !== 'object' || item === null) return undefined;
  return Object.getOwnPropertyDescriptor(item, name)?.value;
}

function withoutZeros(serial: string): string {
  return serial.replace(/^0+/, '');
}

function malformed(problem: string): PlatformCertificates {
  return { kind: 'malformed', problem };
}
