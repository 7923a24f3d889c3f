import { generateKeyPairSync, verify } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import { Secret } from '@paymesh/common/secret';

import { PLATFORM_CERTIFICATES } from './keys/testing/certificates.ts';
import { certificatesAnswer } from './keys/testing/wechat-pay.ts';
import { wechatPay } from './wechat-pay.ts';

const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const API_V3_KEY = '0123456789abcdef0123456789ABCDEF';

describe('wechatPay', () => {
  test('signs a GET without body as the merchant', () => {
    const request = { mchid: '1900000001', serial: '3775B6A4', privateKey: merchant.privateKey };
    const target = '/v3/certificates?algorithm_type=RSA';
    const header = wechatPay.authorization({ target, merchant: request, nowMs: 1_767_225_600_500 });
    const [, scheme, list = ''] = /^(\S+) (.*)$/.exec(header) ?? [];
    const said = new Map(
      [...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    expect(scheme).toBe('WECHATPAY2-SHA256-RSA2048');
    expect([said.get('mchid'), said.get('serial_no'), said.get('timestamp')]).toEqual([
      '1900000001',
      '3775B6A4',
      '1767225600',
    ]);
    const signed = Buffer.from(`GET\n${target}\n1767225600\n${said.get('nonce_str')}\n\n`);
    expect(
      verify('sha256', signed, merchant.publicKey, Buffer.from(said.get('signature') ?? '', 'base64')),
    ).toBe(true);
  });

  test('reads the certificates of an answer', () => {
    const answer = certificatesAnswer(PLATFORM_CERTIFICATES, API_V3_KEY);
    const read = wechatPay.platformCertificates(answer, new Secret(Buffer.from(API_V3_KEY)));
    expect(read).toMatchObject({
      kind: 'certificates',
      certificates: PLATFORM_CERTIFICATES.map(({ serial }) => ({ serial })),
    });
  });
});
