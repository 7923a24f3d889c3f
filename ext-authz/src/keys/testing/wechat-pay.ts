import { createCipheriv, createDecipheriv, createSign, randomBytes } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

import type { PlatformCertificate, WechatPay } from '../remote/wechat-pay.ts';

const TAG_BYTES = 16;

interface Encrypted {
  readonly serial_no: string;
  readonly effective_time: string;
  readonly expire_time: string;
  readonly encrypt_certificate: {
    readonly nonce: string;
    readonly associated_data: string;
    readonly ciphertext: string;
  };
}

/** The body of an answer of /v3/certificates, in the shape that WeChat Pay documents. */
export function certificatesAnswer(
  certificates: readonly Pick<PlatformCertificate, 'serial' | 'pem'>[],
  apiV3Key: string,
): string {
  const data = certificates.map(({ serial, pem }) => {
    const nonce = randomBytes(6).toString('hex');
    const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce).setAAD(Buffer.from('certificate'));
    const bytes = Buffer.concat([cipher.update(pem, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return {
      serial_no: serial,
      effective_time: '2026-01-01T08:00:00+08:00',
      expire_time: '2030-12-31T08:00:00+08:00',
      encrypt_certificate: {
        algorithm: 'AEAD_AES_256_GCM',
        nonce,
        associated_data: 'certificate',
        ciphertext: bytes.toString('base64'),
      },
    };
  });
  return JSON.stringify({ data });
}

/** The two functions of the scheme, as plain as they can be. */
export const testWechatPay: WechatPay = {
  authorization: ({ target, merchant: { mchid, serial, privateKey }, nowMs }) => {
    const timestamp = Math.floor(nowMs / 1_000);
    const signature = createSign('sha256')
      .update(`GET\n${target}\n${timestamp}\nnonce\n\n`)
      .sign(privateKey, 'base64');
    return `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="nonce",timestamp="${timestamp}",serial_no="${serial}",signature="${signature}"`;
  },
  platformCertificates: (json, apiV3Key) => {
    try {
      const { data } = JSON.parse(json) as { readonly data: readonly Encrypted[] };
      return { kind: 'certificates', certificates: data.map((item) => decrypt(item, apiV3Key)) };
    } catch {
      // Whatever it was: the tests are about what becomes of a problem.
      return { kind: 'malformed', problem: 'the answer cannot be used' };
    }
  },
};

function decrypt(item: Encrypted, apiV3Key: Secret): PlatformCertificate {
  const { nonce, associated_data: aad, ciphertext } = item.encrypt_certificate;
  const bytes = Buffer.from(ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key.reveal(), nonce)
    .setAAD(Buffer.from(aad))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const pem = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  return {
    serial: item.serial_no,
    pem: pem.toString('utf8'),
    effectiveMs: Date.parse(item.effective_time),
    expireMs: Date.parse(item.expire_time),
  };
}
