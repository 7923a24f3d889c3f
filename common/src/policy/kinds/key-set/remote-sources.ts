import {
  checked,
  duration,
  format,
  list,
  object,
  type Reader,
  reportKey,
  required,
  text,
  withDefault,
} from '../../schema/index.ts';
import type { JwksSpec, WechatCertificatesSpec } from '../../types.ts';
import { owner, publicKeyAlgorithm, publicKeyAlgorithms, textSource } from './words.ts';

const WECHAT_URL = 'https://api.mch.weixin.qq.com/v3/certificates';
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** No user in it, which would be a password, and no fragment, which is never sent. */
const URL_FORM = /^(https?):\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:\/[\x21\x22\x24-\x7e]*)?$/;
const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

const url = format({
  code: 'PM2112',
  expected: 'an https URL of at most 1024 characters; http only to localhost, 127.0.0.1 or [::1]',
  parse: (typed) => {
    const match = typed.length <= 1_024 && URL.canParse(typed) ? URL_FORM.exec(typed) : null;
    if (match === null) return undefined;
    return match[1] === 'https' || LOOPBACK.test(match[2] ?? '') ? typed : undefined;
  },
});

const refresh = duration({ min: '10s', max: '1d' });
const maxStale = duration({ min: '1m', max: '30d' });

/** How `jwks` of a KeySet is read. */
export const jwks: Reader<JwksSpec> = outlivesRefresh(
  object<JwksSpec>({
    url: required('url', url),
    owner: required('owner', owner),
    algorithms: withDefault(
      'algorithms',
      list(publicKeyAlgorithm, { max: 5, what: 'algorithms', identity: (word) => word }),
      publicKeyAlgorithms,
    ),
    refreshMs: withDefault('refresh', refresh, 5 * MINUTE_MS),
    maxStaleMs: withDefault('maxStale', maxStale, 24 * HOUR_MS),
  }),
);

const merchant = object<WechatCertificatesSpec['merchant']>({
  mchid: required('mchid', text('the number of the merchant: 8 to 32 digits', { pattern: /^\d{8,32}$/ })),
  serial: required(
    'serial',
    text('the serial number of the merchant certificate: 8 to 40 of 0-9 A-F', {
      pattern: /^[0-9A-F]{8,40}$/,
    }),
  ),
  privateKey: required('privateKey', textSource('the private key of the merchant')),
});

/** How `wechatCertificates` of a KeySet is read. */
export const wechatCertificates: Reader<WechatCertificatesSpec> = outlivesRefresh(
  object<WechatCertificatesSpec>({
    url: withDefault('url', url, WECHAT_URL),
    owner: withDefault('owner', owner, 'wechatpay'),
    merchant: required('merchant', merchant),
    apiV3Key: required('apiV3Key', textSource('the APIv3 key, 32 characters')),
    refreshMs: withDefault('refresh', refresh, 12 * HOUR_MS),
    maxStaleMs: withDefault('maxStale', maxStale, 48 * HOUR_MS),
  }),
);

/** One answer that is late must not expire the keys. */
function outlivesRefresh<S extends { readonly refreshMs: number; readonly maxStaleMs: number }>(
  reader: Reader<S>,
): Reader<S> {
  return checked(reader, ({ refreshMs, maxStaleMs }, place, context) => {
    if (maxStaleMs >= 2 * refreshMs) return true;
    reportKey(context, 'PM2203', place, {
      key: 'maxStale',
      expected: `at least twice refresh, ${(2 * refreshMs) / 1_000}s`,
      got: `${maxStaleMs / 1_000}s`,
    });
    return false;
  });
}
