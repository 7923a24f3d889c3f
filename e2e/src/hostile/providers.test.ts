import { generateKeyPairSync } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { createSigner, loadPrivateKey, type RequestSigner } from '@paymesh/ext-authz/client';

import { type RawRequest, type SignedGateway, sendHttp1, startSignedGateway } from '../harness/index.ts';
import {
  added,
  bent,
  denied,
  type Ending,
  expectPass,
  keySet,
  openRoute,
  pemOf,
  type Row,
  signedRoute,
  testRows,
  watch,
  withBody,
} from './testing/index.ts';

const MCHID = '1900000001';
const APP_ID = '2021000000000001';
const SERIAL = '3775B6A45ACD588826D15E583A95F5DD40A2F1C3';
const PLATFORM = 'PUB_KEY_ID_0114232134912410000000000000';
const STRIPE_SECRET = Buffer.from('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

const pairs = {
  [SERIAL]: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  [PLATFORM]: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  [APP_ID]: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
};
type KeyId = keyof typeof pairs;

const owners: Readonly<Record<KeyId, string>> = {
  [SERIAL]: MCHID,
  [PLATFORM]: 'wechatpay',
  [APP_ID]: 'alipay-app',
};

const VERIFY: Readonly<Record<string, string>> = {
  merchant: 'scheme: wechatpay, message: request',
  callback: 'scheme: wechatpay, message: callback',
  request: 'scheme: alipay, message: request',
  notification: 'scheme: alipay, message: notification',
};

let gateway: SignedGateway;
beforeAll(async () => {
  const ids = Object.keys(pairs) as KeyId[];
  gateway = await startSignedGateway({
    envoy: findEnvoy(process.env) ?? '',
    policies: [
      openRoute(),
      signedRoute({ name: 'stripe', verify: 'scheme: stripe', keys: 'webhooks' }),
      ...Object.entries(VERIFY).map(([name, verify]) => signedRoute({ name, verify, keys: 'providers' })),
      keySet('webhooks', ['id: stripe, owner: stripe, secret: {file: ../keys/stripe.key}']),
      keySet(
        'providers',
        ids.map(
          (id) =>
            `id: "${id}", owner: "${owners[id]}", algorithm: rsa-v1_5-sha256, publicKey: {file: ../keys/${id}.pem}`,
        ),
      ),
    ].join(''),
    files: {
      'keys/stripe.key': STRIPE_SECRET.toString('base64'),
      ...Object.fromEntries(ids.map((id) => [`keys/${id}.pem`, pemOf(pairs[id])] as const)),
    },
  });
}, 60_000);
afterAll(() => gateway?.stop());

function privateKey(id: KeyId, account?: string, knownAs: string = id) {
  const pem = pairs[id].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return loadPrivateKey({ id: knownAs, account, algorithm: 'rsa-v1_5-sha256', pem });
}

let events = 0;

/** A payment or event that no other call gives, signed by a provider's own client. */
function sent(route: string, signer: RequestSigner, form?: Readonly<Record<string, string>>): RawRequest {
  events += 1;
  const body =
    form === undefined
      ? JSON.stringify({ event: events })
      : new URLSearchParams({ ...form, trade_no: String(events) });
  const ready = signer.sign({ url: `http://pay.example/${route}`, method: 'POST', body });
  const { pathname, search } = new URL(ready.url);
  const headers = ready.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method: ready.method, target: pathname + search, headers, body: ready.body };
}

const merchant = (key = privateKey(SERIAL, MCHID)) =>
  sent('merchant', createSigner({ scheme: 'wechatpay', message: 'request', key }));
const callback = (key = privateKey(PLATFORM)) =>
  sent('callback', createSigner({ scheme: 'wechatpay', message: 'callback', key }));
const alipay = (message: 'request' | 'notification') => () =>
  sent(message, createSigner({ scheme: 'alipay', message, key: privateKey(APP_ID) }), {
    ...(message === 'request' ? { method: 'alipay.trade.refund' } : { notify_id: 'n1' }),
    biz_content: '{"amount":"1.00"}',
  });
const stripe = () =>
  sent(
    'stripe',
    createSigner({
      scheme: 'stripe',
      key: loadPrivateKey({ id: 'stripe', algorithm: 'hmac-sha256', secret: STRIPE_SECRET }),
    }),
  );

const bodyOf = ({ body = new Uint8Array() }: RawRequest) => Buffer.from(body).toString();
const withText = (request: RawRequest, change: (body: string) => string) =>
  withBody(request, change(bodyOf(request)));
const forms = ['request', 'notification'] as const;

const AUTHORIZATION: readonly Row[] = [
  {
    row: 2,
    name: 'Authorization of the scheme and a Bearer token',
    make: () => added(merchant(), ['authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.']),
    // Envoy makes one line of the two.
    ending: denied('malformed_parameter'),
    over: ['HTTP/1.1'],
  },
  {
    row: 2,
    name: 'a Bearer token before Authorization of the scheme',
    make: () => bent(merchant(), 'authorization', (value) => `Bearer x, ${value}`),
    ending: denied('missing_signature', 'missing_signature'),
  },
  {
    row: 2,
    name: 'a parameter twice',
    make: () => bent(merchant(), 'authorization', (value) => `${value},mchid="1900000002"`),
    ending: denied('duplicate_parameter'),
  },
];

const EVENTS: readonly (readonly [name: string, change: (value: string) => string, ending: Ending])[] = [
  ['t twice', (value) => `${value},t=1`, denied('duplicate_parameter')],
  ['t twice, the right one last', (value) => `t=1,${value}`, denied('duplicate_parameter')],
  ['v0 only', (value) => value.replace('v1=', 'v0='), denied('unsupported_algorithm')],
  ['fifty v1', (value) => value + `,v1=${'0'.repeat(64)}`.repeat(50), denied('oversized_signature')],
  [
    'digits and more in t',
    (value) => value.replace(/t=(\d+)/, 't=$1x'),
    denied('malformed_timestamp', 'stale_timestamp'),
  ],
  ['no t', (value) => value.replace(/t=\d+,/, ''), denied('malformed_timestamp', 'stale_timestamp')],
];

const STRIPE: readonly Row[] = EVENTS.map(([name, change, ending]) => ({
  row: 44,
  name: `Stripe: ${name}`,
  make: () => bent(stripe(), 'stripe-signature', change),
  ending,
}));

const FORMS: readonly Row[] = forms.flatMap((message): Row[] => [
  {
    row: 45,
    name: `Alipay ${message}: sign_type RSA`,
    make: () => withText(alipay(message)(), (body) => body.replace('sign_type=RSA2', 'sign_type=RSA')),
    ending: denied('unsupported_algorithm'),
  },
  {
    row: 46,
    name: `Alipay ${message}: biz_content twice`,
    make: () => withText(alipay(message)(), (body) => `${body}&biz_content=%7B%7D`),
    ending: denied('duplicate_parameter'),
  },
  {
    row: 46,
    name: `Alipay ${message}: biz_content twice, once escaped`,
    make: () => withText(alipay(message)(), (body) => `${body}&biz%5Fcontent=%7B%7D`),
    ending: denied('duplicate_parameter'),
  },
  {
    row: 46,
    name: `Alipay ${message}: biz_content[]`,
    make: () => withText(alipay(message)(), (body) => `${body}&biz_content[]=%7B%7D`),
    ending: denied('malformed_body'),
  },
  {
    row: 46,
    name: `Alipay ${message}: fields apart by a semicolon`,
    make: () => withText(alipay(message)(), (body) => `${body};a=1`),
    ending: denied('malformed_body'),
  },
  {
    row: 47,
    name: `Alipay ${message}: plus signs of the signature as they are`,
    make: () => withText(withPlus(alipay(message)), (body) => body.replaceAll('%2B', '+')),
    ending: denied('malformed_signature'),
  },
]);

/** Signed until the signature has a plus sign, as nine of ten have. */
function withPlus(make: () => RawRequest): RawRequest {
  for (;;) {
    const request = make();
    if (/sign=[^&]*%2B/.test(bodyOf(request))) return request;
  }
}

const ROTATED: readonly Row[] = [
  {
    row: 33,
    name: 'WeChat Pay: the mchid of another merchant',
    make: () => merchant(privateKey(SERIAL, '1900000002')),
    ending: denied('key_owner_mismatch'),
  },
  {
    row: 48,
    name: 'WeChat Pay: a serial that nobody knows, in a request',
    make: () => merchant(privateKey(SERIAL, MCHID, 'ABCDEF0123456789')),
    ending: denied('unknown_key'),
  },
  {
    row: 48,
    name: 'WeChat Pay: a serial that nobody knows, in a callback',
    make: () => callback(privateKey(PLATFORM, undefined, 'PUB_KEY_ID_999')),
    ending: denied('unknown_key'),
  },
  {
    row: 49,
    name: 'WeChat Pay: a probe',
    make: () => bent(callback(), 'wechatpay-signature', () => 'WECHATPAY/SIGNTEST/abcdefghijklmnop'),
    ending: denied('signature_probe'),
  },
];

describe('hostile requests in the schemes of providers, through a real Envoy', () => {
  testRows(() => gateway, callback, [...AUTHORIZATION, ...STRIPE, ...FORMS, ...ROTATED]);

  test.each<[string, () => RawRequest]>([
    ['a merchant of WeChat Pay', merchant],
    ['WeChat Pay', callback],
    ['an app of Alipay', alipay('request')],
    ['Alipay', alipay('notification')],
    ['Stripe', stripe],
  ])('%s passes once over both protocols', async (_name, make) => {
    for (const protocol of ['HTTP/1.1', 'HTTP/2'] as const) {
      const request = make();
      await expectPass(gateway, request, protocol);
      expect((await sendHttp1(gateway.port, request)).status).toBe(409);
    }
  });

  test('row 49: probes are counted, and nobody is told more than of other denials', async () => {
    const probe = bent(callback(), 'wechatpay-signature', () => 'WECHATPAY/SIGNTEST/abc');
    const forged = bent(callback(), 'wechatpay-nonce', () => 'other');
    const answers = [];
    for (const request of [probe, forged])
      answers.push(await watch(gateway, () => sendHttp1(gateway.port, request)));
    const bodies = answers.map(({ answer }) => answer.body.replace(/"request_id":"[^"]*"/, ''));
    expect(new Set(bodies).size).toBe(1);
  });
});
