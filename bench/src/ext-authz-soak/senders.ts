import type { SignerOptions } from '@paymesh/ext-authz/client';

import type { KeyName } from './keys.ts';
import {
  adyenPaymentView,
  adyenPlatformView,
  alipayNotificationView,
  alipayplusView,
  alipayRequestView,
  alipayV3View,
  hmacView,
  rfc9421View,
  sigv4View,
  standardWebhooksView,
  stripeView,
  unionpayView,
  type View,
  wechatpayCallbackView,
  wechatpayRequestView,
} from './views.ts';

/** What a message is made of before it is signed. */
export type BodyKind = 'json' | 'form' | 'notification';

/** One way to sign, the policy that verifies it, and what it covers. */
export interface Sender {
  readonly name: string;
  /** Name of its SigningPolicy and of its KeySet; senders of one policy are told apart by their keys. */
  readonly policy: string;
  /** Fields of `verify` besides `keys`. */
  readonly verify: string;
  readonly key: KeyName;
  readonly profile: ProfileOf<SignerOptions>;
  readonly body: BodyKind;
  readonly view: View;
  /** False: signatures say nothing of their time and are only remembered for the window. */
  readonly isTimed: boolean;
}

/** Each member of the union without what every signer has. */
type ProfileOf<Options> = Options extends unknown ? Omit<Options, 'key' | 'clock' | 'random'> : never;

const RFC9421_COVER = [
  '"@method"',
  '"@authority"',
  '"@path"',
  '"@query"',
  '"content-type"',
  '"x-amount"',
  '"content-digest"',
];
const RFC9421_VERIFY = `scheme: rfc9421, cover: [${RFC9421_COVER.map((id) => `'${id}'`).join(', ')}]`;
const RFC9421_LABEL = 'pay';
const RSA = 'rsa-v1_5-sha256';

/** All ten schemes in all of their kinds. */
export const senders: readonly Sender[] = [
  plain('hmac', 'hmac-sha256', {
    verify:
      'scheme: hmac-sha256, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), header(X-Amount), bodyDigest]',
    profile: { scheme: 'hmac', signedHeaders: ['x-amount'] },
    view: hmacView,
  }),
  ...(
    ['hmac-sha256', 'ed25519', 'ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-pss-sha512', RSA] as const
  ).map(
    (algorithm): Sender => ({
      ...plain('rfc9421', algorithm, {
        verify: RFC9421_VERIFY,
        profile: { scheme: 'rfc9421', components: RFC9421_COVER },
        view: rfc9421View({}),
      }),
      name: `rfc9421 ${algorithm}`,
      key: { id: `key-${algorithm}`, owner: 'merchant-rfc9421', algorithm },
    }),
  ),
  plain('rfc9421-label', 'ed25519', {
    verify: `${RFC9421_VERIFY}, label: ${RFC9421_LABEL}, tag: soak`,
    profile: { scheme: 'rfc9421', components: RFC9421_COVER, label: RFC9421_LABEL, tag: 'soak' },
    view: rfc9421View({ label: RFC9421_LABEL }),
  }),
  {
    ...plain('wechatpay-request', RSA, {
      verify: 'scheme: wechatpay, message: request',
      profile: { scheme: 'wechatpay', message: 'request' },
      view: wechatpayRequestView,
    }),
    key: { id: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1', owner: '1900009191', algorithm: RSA },
  },
  {
    ...plain('wechatpay-callback', RSA, {
      verify: 'scheme: wechatpay, message: callback',
      profile: { scheme: 'wechatpay', message: 'callback' },
      view: wechatpayCallbackView,
    }),
    key: { id: '7132D72A03E93CDDF8C03BBD1F37EEDF5F6E5A4A', owner: 'wechatpay', algorithm: RSA },
  },
  {
    ...plain('alipay-request', RSA, {
      verify: 'scheme: alipay, message: request',
      profile: { scheme: 'alipay', message: 'request' },
      view: alipayRequestView,
    }),
    key: { id: 'a1b2c3d4e5f60718', owner: '2021000000000001', algorithm: RSA },
    body: 'form',
  },
  {
    ...plain('alipay-notification', RSA, {
      verify: 'scheme: alipay, message: notification',
      profile: { scheme: 'alipay', message: 'notification' },
      view: alipayNotificationView,
    }),
    key: { id: 'f0e1d2c3b4a59687', owner: '2021000000000002', algorithm: RSA },
    body: 'form',
  },
  {
    ...plain('alipay-v3', RSA, {
      verify: 'scheme: alipay, message: v3',
      profile: { scheme: 'alipay', message: 'v3' },
      view: alipayV3View,
    }),
    key: { id: '0123456789abcdef', owner: '2021000000000003', algorithm: RSA },
  },
  {
    ...plain('alipayplus', RSA, {
      verify: 'scheme: alipayplus',
      profile: { scheme: 'alipayplus' },
      view: alipayplusView,
    }),
    key: { id: 'SANDBOX_5Y1234', owner: 'antom', algorithm: RSA },
  },
  {
    ...plain('unionpay', RSA, {
      verify: 'scheme: unionpay',
      profile: { scheme: 'unionpay' },
      view: unionpayView,
    }),
    key: { id: '68759663125', owner: 'unionpay', algorithm: RSA },
    body: 'form',
  },
  plain('stripe', 'hmac-sha256', {
    verify: 'scheme: stripe',
    profile: { scheme: 'stripe' },
    view: stripeView,
  }),
  timeless('adyen-platform', 'platform', adyenPlatformView),
  { ...timeless('adyen-payment', 'payment', adyenPaymentView), body: 'notification' },
  plain('standard-webhooks', 'hmac-sha256', {
    verify: 'scheme: standard-webhooks',
    profile: { scheme: 'standard-webhooks' },
    view: standardWebhooksView,
  }),
  plain('sigv4', 'hmac-sha256', {
    verify: 'scheme: sigv4, region: eu-west-1, service: pay',
    profile: { scheme: 'sigv4', region: 'eu-west-1', service: 'pay' },
    view: sigv4View,
  }),
];

function plain(
  name: string,
  algorithm: KeyName['algorithm'],
  own: Pick<Sender, 'verify' | 'profile' | 'view'>,
): Sender {
  const key = { id: `key-${name}`, owner: `merchant-${name}`, algorithm };
  return { name, policy: name, key, body: 'json', isTimed: true, ...own };
}

function timeless(name: string, message: 'platform' | 'payment', view: View): Sender {
  const profile = { scheme: 'adyen', message } as const;
  return {
    ...plain(name, 'hmac-sha256', { verify: `scheme: adyen, message: ${message}`, profile, view }),
    isTimed: false,
  };
}
