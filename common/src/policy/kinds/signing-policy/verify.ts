import { type Reader, unionByWord } from '../../schema/index.ts';
import type { VerifySpec } from '../../types.ts';
import { hmacVerify } from './hmac.ts';
import { adyenVerify, alipayVerify, plainVerify, sigv4Verify, wechatpayVerify } from './providers.ts';
import { rfc9421Verify } from './rfc9421.ts';

/** How a request must be signed; `scheme` tells which other keys there are. */
export const verify: Reader<VerifySpec> = unionByWord<VerifySpec>('scheme', {
  'hmac-sha256': hmacVerify,
  rfc9421: rfc9421Verify,
  wechatpay: wechatpayVerify,
  alipay: alipayVerify,
  alipayplus: plainVerify('alipayplus'),
  unionpay: plainVerify('unionpay'),
  stripe: plainVerify('stripe'),
  adyen: adyenVerify,
  'standard-webhooks': plainVerify('standard-webhooks'),
  sigv4: sigv4Verify,
});

/** Schemes whose provider has a shape of refusal of its own. */
export const schemesWithRefusals: readonly VerifySpec['scheme'][] = [
  'wechatpay',
  'alipay',
  'alipayplus',
  'unionpay',
  'sigv4',
];
