import { list, object, oneOf, type Reader, required, text, withDefault } from '../../schema/index.ts';
import type {
  AdyenVerifySpec,
  AlipayVerifySpec,
  PlainVerifySpec,
  Sigv4VerifySpec,
  WechatpayVerifySpec,
} from '../../types.ts';
import { component } from './component.ts';
import { verifyKeys } from './verify-keys.ts';

/** WeChat Pay APIv3. */
export const wechatpayVerify: Reader<WechatpayVerifySpec> = object<WechatpayVerifySpec>({
  scheme: required('scheme', oneOf(['wechatpay'])),
  keys: required('keys', verifyKeys),
  message: withDefault('message', oneOf(['request', 'callback']), 'request'),
});

/** Alipay open API. */
export const alipayVerify: Reader<AlipayVerifySpec> = object<AlipayVerifySpec>({
  scheme: required('scheme', oneOf(['alipay'])),
  keys: required('keys', verifyKeys),
  message: withDefault('message', oneOf(['request', 'notification', 'v3']), 'request'),
});

/** Adyen webhooks. */
export const adyenVerify: Reader<AdyenVerifySpec> = object<AdyenVerifySpec>({
  scheme: required('scheme', oneOf(['adyen'])),
  keys: required('keys', verifyKeys),
  message: withDefault('message', oneOf(['payment', 'platform']), 'payment'),
});

const scopePart = (what: string) => text(`${what} of the credential scope`, { pattern: /^[a-z0-9-]{1,63}$/ });

/** AWS Signature Version 4. */
export const sigv4Verify: Reader<Sigv4VerifySpec> = object<Sigv4VerifySpec>({
  scheme: required('scheme', oneOf(['sigv4'])),
  keys: required('keys', verifyKeys),
  region: required('region', scopePart('the region')),
  service: required('service', scopePart('the service')),
  cover: withDefault(
    'cover',
    list(component, { max: 64, what: 'component identifiers', identity: (item) => item }),
    [],
  ),
});

/** A scheme in which nothing can be chosen. */
export function plainVerify(scheme: PlainVerifySpec['scheme']): Reader<PlainVerifySpec> {
  return object<PlainVerifySpec>({
    scheme: required('scheme', oneOf([scheme])),
    keys: required('keys', verifyKeys),
  });
}
