import type { Secret } from '@paymesh/common/secret';

import { bad, sentenceOf } from '../bad-key.ts';
import type { SigningKey } from '../key-ring.ts';
import { type MadeKey, publicSigningKey } from '../make-signing-key.ts';
import { readPemKey } from '../read-public-key.ts';
import type { FetchText } from './fetch-text.ts';
import type { LoadedKeys } from './key-source.ts';
import type { PlatformCertificate, WechatMerchant, WechatPay } from './wechat-pay.ts';

export interface WechatCertificatesOptions {
  readonly url: string;
  readonly owner: string;
  readonly merchant: WechatMerchant;
  readonly apiV3Key: Secret;
  readonly fetchText: FetchText;
  readonly wechatPay: WechatPay;
  readonly nowMs: number;
}

/**
 * Asks WeChat Pay for its platform certificates. Only who has the APIv3 key can have encrypted them, which is why the
 * answer needs no certificate to be believed.
 */
export async function loadWechatCertificates(options: WechatCertificatesOptions): Promise<LoadedKeys> {
  const { url, merchant, nowMs, wechatPay } = options;
  const authorization = wechatPay.authorization({ target: targetOf(url), merchant, nowMs });
  // WeChat Pay refuses requests that do not say who they are.
  const headers = { authorization, 'user-agent': 'paymesh' };
  const fetched = await options.fetchText({ url, headers });
  if (fetched.kind === 'failed') return fetched;
  const read = wechatPay.platformCertificates(fetched.text, options.apiV3Key);
  if (read.kind === 'malformed') return { kind: 'failed', why: read.problem };
  const keys: SigningKey[] = [];
  const leftOut: string[] = [];
  for (const certificate of read.certificates) {
    const made = toKey(certificate, options.owner);
    if (made.kind === 'key') keys.push(made.key);
    else leftOut.push(`certificate ${certificate.serial.slice(0, 40)}: ${sentenceOf(made)}`);
  }
  return { kind: 'keys', keys, leftOut };
}

/** Path and query exactly as they are sent. */
function targetOf(url: string): string {
  return /^https?:\/\/[^/]+(\/.*)$/.exec(url)?.[1] ?? '/';
}

function toKey({ serial, pem, effectiveMs, expireMs }: PlatformCertificate, owner: string): MadeKey {
  const read = readPemKey(pem, 'rsa-v1_5-sha256');
  if (read.kind === 'bad') return read;
  const id = read.serial ?? '';
  if (id !== serial.toUpperCase()) return bad('PM6121', 'the serial number of the certificate', 'another');
  return publicSigningKey(
    { id, owner, notBeforeMs: effectiveMs, notAfterMs: expireMs, isRevoked: false },
    read,
  );
}
