import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { createSigner, loadPrivateKey, type RequestSigner } from '@paymesh/ext-authz/client';

import {
  type RawRequest,
  type SignedGateway,
  sendHttp1,
  sendHttp2,
  startSignedGateway,
} from '../harness/index.ts';

const envoy = findEnvoy(process.env) ?? '';
/** Its bytes are the key, but for Standard Webhooks, where what stands after whsec_ is base64 of it. */
const SECRET = Buffer.from('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

/** What a route, named as its path, verifies. */
const VERIFY: Readonly<Record<string, string>> = {
  stripe: 'scheme: stripe',
  standard: 'scheme: standard-webhooks',
  payment: 'scheme: adyen, message: payment',
  platform: 'scheme: adyen, message: platform',
  sigv4: 'scheme: sigv4, region: eu-west-1, service: pay',
};

let gateway: SignedGateway;
let events = 0;

beforeAll(async () => {
  gateway = await startSignedGateway({
    envoy,
    policies: `${OPEN}${Object.entries(VERIFY).map(policyOf).join('')}`,
    files: { 'keys/k-1.key': SECRET.toString('base64') },
  });
}, 60_000);
afterAll(() => gateway?.stop());

const OPEN = `apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: open, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {exact: /open}}]}
---
apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: senders, namespace: pay}
spec: {keys: [{id: k-1, owner: provider, secret: {file: ../keys/k-1.key}}]}
`;

function policyOf([name, verify]: readonly [string, string]): string {
  return `---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: ${name}, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {prefix: /${name}}}]}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: ${name}, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: ${name}}]
  verify: {${verify}, keys: {from: keyset/senders}}
`;
}

const SIGNERS: Readonly<Record<string, (key: Key) => RequestSigner>> = {
  stripe: (key) => createSigner({ scheme: 'stripe', key }),
  standard: (key) => createSigner({ scheme: 'standard-webhooks', key }),
  payment: (key) => createSigner({ scheme: 'adyen', message: 'payment', key }),
  platform: (key) => createSigner({ scheme: 'adyen', message: 'platform', key }),
  sigv4: (key) => createSigner({ scheme: 'sigv4', region: 'eu-west-1', service: 'pay', key }),
};
type Key = ReturnType<typeof loadPrivateKey>;

/** An event that no other call gives, signed for a route. */
function signed(route: string, path = '/hook', secret = SECRET): RawRequest {
  events += 1;
  const item = {
    pspReference: `P${events}`,
    eventCode: 'CAPTURE',
    success: 'true',
    amount: { value: 100, currency: 'EUR' },
  };
  const key = loadPrivateKey({ id: 'k-1', algorithm: 'hmac-sha256', secret });
  const ready = SIGNERS[route]?.(key).sign({
    url: `http://pay.example/${route}${path}`,
    body: { notificationItems: [{ NotificationRequestItem: item }] },
  });
  if (ready === undefined) throw new Error(`no route ${route}`);
  const { pathname, search } = new URL(ready.url);
  const headers = ready.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { method: ready.method, target: pathname + search, headers, body: ready.body };
}

function bent(request: RawRequest, name: string, change: (value: string) => string): RawRequest {
  const headers = request.headers.map((line) =>
    line[0] === name ? ([name, change(line[1])] as const) : line,
  );
  return { ...request, headers };
}

function added(request: RawRequest, name: string, value: string): RawRequest {
  return { ...request, headers: [...request.headers, [name, value]] };
}

function withBody(request: RawRequest, from: string, to: string): RawRequest {
  const text = Buffer.from(request.body ?? []).toString();
  return { ...request, body: Buffer.from(text.replace(from, to)) };
}

describe.each(Object.keys(VERIFY))('%s through a real Envoy', (route) => {
  test.each([
    ['HTTP/1.1', sendHttp1],
    ['HTTP/2', sendHttp2],
  ])('passes once over %s', async (_protocol, send) => {
    const before = gateway.passed.length;
    const request = signed(route);
    expect((await send(gateway.port, request)).status).toBe(200);
    expect((await send(gateway.port, request)).status).toBe(409);
    expect(gateway.passed.length).toBe(before + 1);
    expect(gateway.passed.at(-1)?.body).toEqual(Buffer.from(request.body ?? []));
  });

  test.each<[string, RawRequest]>([
    ['another secret', signed(route, '/hook', Buffer.alloc(32, 1))],
    ['another amount', withBody(signed(route), '"value":100', '"value":999')],
    [
      'a second amount before the signed one',
      withBody(signed(route), '"amount"', '"amount":{"value":9},"amount"'),
    ],
    [
      'the signature of another route',
      { ...signed(route === 'stripe' ? 'standard' : 'stripe'), target: `/${route}` },
    ],
    ['no signature', { ...signed(route), headers: [], body: Buffer.from('{}') }],
  ])('does not pass with %s', async (_name, request) => {
    const before = gateway.passed.length;
    expect((await sendHttp1(gateway.port, request)).status).toBe(401);
    expect((await sendHttp2(gateway.port, request)).status).toBe(401);
    expect(gateway.passed.length).toBe(before);
  });
});

describe('hostile webhooks through a real Envoy', () => {
  const stripe = 'stripe-signature';
  const right = () => signed('sigv4', '/a?b=2&a=1');

  test.each<[string, RawRequest]>([
    ['Stripe: t twice', bent(signed('stripe'), stripe, (text) => `${text},t=1`)],
    ['Stripe: two headers', added(signed('stripe'), stripe, 't=1,v1=00')],
    ['Stripe: v0 only', bent(signed('stripe'), stripe, (text) => text.replace('v1', 'v0'))],
    ['Stripe: fifty v1', bent(signed('stripe'), stripe, (text) => text + `,v1=${'0'.repeat(64)}`.repeat(50))],
    ['Standard Webhooks: both spellings', added(signed('standard'), 'svix-id', 'other')],
    ['Standard Webhooks: a full stop in the id', bent(signed('standard'), 'webhook-id', (id) => `${id}.1`)],
    ['Adyen: two protocols', added(signed('platform'), 'protocol', 'HmacSHA256')],
    ['Adyen: an amount in other case', withBody(signed('payment'), '"amount"', '"Amount":{},"amount"')],
    ['SigV4: an x-amz-* header that is not signed', added(right(), 'x-amz-target', 'Refund')],
    ['SigV4: another order of the query, values too', { ...right(), target: '/sigv4/a?a=2&b=1' }],
    ['SigV4: another host', { ...right(), host: 'evil.example' }],
    [
      'SigV4: a forwarded host',
      { ...added(right(), 'x-forwarded-host', 'pay.example'), host: 'evil.example' },
    ],
    ['SigV4: an unsigned payload', bent(right(), 'x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD')],
    ['SigV4: a presigned URL', { ...right(), target: '/sigv4/a?X-Amz-Signature=0', headers: [] }],
    ['SigV4: a second Authorization', added(right(), 'authorization', 'Bearer x')],
  ])('%s', async (_name, request) => {
    const before = gateway.passed.length;
    expect((await sendHttp1(gateway.port, request)).status).toBe(401);
    expect(gateway.passed.length).toBe(before);
  });

  test.each([
    '/sigv4//a?b=2&a=1',
    '/sigv4/x/../a?b=2&a=1',
    '/sigv4/x/%2e%2e/a?b=2&a=1',
    '/sigv4/%61?b=2&a=1',
  ])('SigV4: of %s, which Envoy folds first, the program gets what was signed', async (target) => {
    expect((await sendHttp1(gateway.port, { ...right(), target })).status).toBe(200);
    expect(gateway.passed.at(-1)?.url).toBe('/sigv4/a?b=2&a=1');
  });
});
