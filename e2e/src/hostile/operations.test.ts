import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type RawRequest, type SignedGateway, sendHttp1 } from '../harness/index.ts';
import {
  added,
  byEnvoy,
  denied,
  expectPass,
  headerOf,
  hmacSigned,
  POLICIES,
  type Row,
  rfcSigned,
  SECRETS,
  startMerchants,
  testRows,
  watch,
} from './testing/index.ts';

let gateway: SignedGateway;
beforeAll(async () => {
  gateway = await startMerchants();
}, 60_000);
afterAll(() => gateway?.stop());

const missing = denied('missing_signature', 'missing_signature');
const XFCC = 'By=spiffe://pay/edge;Hash=00;Subject="CN=merchant-a";URI=spiffe://pay/merchant-a';

function unsigned(request: Partial<RawRequest> = {}): RawRequest {
  return { method: 'POST', target: '/hmac', headers: [], ...request };
}

const jwt = (header: object) =>
  `Bearer ${[header, { sub: 'merchant-a', exp: 9_999_999_999 }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

const IDENTITIES: readonly Row[] = [
  ...[
    ['x-forwarded-client-cert', XFCC],
    ['client-cert', ':MIIB:'],
    ['x-paymesh-principal', 'merchant-a'],
    ['x-envoy-peer-metadata', 'merchant-a'],
  ].map(([name = '', value = '']) => ({
    row: 50,
    name: `${name} in place of a signature`,
    make: () => unsigned({ headers: [[name, value]] }),
    ending: missing,
  })),
  ...[{ alg: 'none' }, { alg: 'HS256', kid: '../../dev/null' }, { alg: 'RS256', crit: ['x'] }].map(
    (header) => ({
      row: 51,
      name: `a token ${JSON.stringify(header)} in place of a signature`,
      make: () => unsigned({ headers: [['authorization', jwt(header)]] }),
      ending: missing,
    }),
  ),
];

const EXEMPT: readonly Row[] = [
  {
    row: 52,
    name: 'a CORS preflight',
    make: () =>
      unsigned({
        method: 'OPTIONS',
        headers: [
          ['origin', 'https://shop.example'],
          ['access-control-request-method', 'POST'],
        ],
      }),
    ending: missing,
  },
  ...['/hmac/healthz', '/hmac/metrics', '/hmac/.well-known/x', '/hmac/favicon.ico'].map((target) => ({
    row: 52,
    name: `GET ${target}`,
    make: () => unsigned({ method: 'GET', target }),
    ending: missing,
  })),
  ...['/healthz', '/ready', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', '/stats'].map(
    (target) => ({
      row: 52,
      name: `${target}, which no route has`,
      make: () => unsigned({ target }),
      ending: byEnvoy(404, 'no_route'),
    }),
  ),
];

describe('hostile identities and exemptions through a real Envoy', () => {
  testRows(() => gateway, hmacSigned, [...IDENTITIES, ...EXEMPT]);

  test('row 50: what a client says of its certificate goes no further', async () => {
    const passed = await expectPass(gateway, added(hmacSigned(), ['x-forwarded-client-cert', XFCC]));
    expect(passed?.rawHeaders.join('\n').toLowerCase()).not.toContain('x-forwarded-client-cert');
  });
});

describe('the decision log of a gateway', () => {
  test('row 59: holds nothing that is secret, of requests that pass and of those that do not', async () => {
    const card = '4111111111111111';
    const right = hmacSigned({ target: `/hmac?card=${card}`, body: `{"pan":"${card}","cvc":"737"}` });
    const token = jwt({ alg: 'none' });
    const request = added(right, ['authorization', token], ['cookie', 'session=s3cr3t']);
    await expectPass(gateway, request);
    expect((await sendHttp1(gateway.port, { ...request, target: `/hmac/${card}` })).status).toBe(401);
    const rfc = rfcSigned({ target: `/rfc/${card}` });
    await expectPass(gateway, rfc);
    await eventually(() => expect(gateway.decisions()).toContain('/rfc/'));
    const log = gateway.decisions();
    const secrets = [
      ...[card, 'cvc', 's3cr3t', token, '"amount"'],
      ...[headerOf(right, 'x-signature'), headerOf(rfc, 'signature').slice(7, 40)],
      ...Object.values(SECRETS).flatMap((secret) => [secret.toString('base64'), secret.toString('hex')]),
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
    expect(log).toContain('bad_signature');
  });
});

describe('policies that cannot be read', () => {
  const inForce = async () => {
    await expectPass(gateway, hmacSigned());
    await expectPass(gateway, rfcSigned(), 'HTTP/2');
    const { answer, passed } = await watch(gateway, () => sendHttp1(gateway.port, unsigned()));
    expect([answer.status, passed]).toEqual([401, 0]);
  };

  const middle = POLICIES.indexOf('targetRefs');

  test.each([
    ['half written', POLICIES.slice(0, middle)],
    ['no YAML', `${POLICIES}\n: [`],
    ['of an unknown kind', `${POLICIES}---\napiVersion: paymesh.dev/v1\nkind: SigningPolicies\n`],
    ['naming keys that are not there', POLICIES.replaceAll('keyset/merchants', 'keyset/merchant')],
    ['of bytes that are no text', '\0\0\0\0'],
  ])('row 56: those %s leave the last good ones in force', async (_name, text) => {
    const before = await rejections();
    gateway.edit({ 'policies/policies.yaml': text });
    await eventually(async () => expect(await rejections()).toBeGreaterThan(before));
    await inForce();
  });

  test('row 56: keys that cannot be read do as well', async () => {
    const before = await rejections();
    gateway.edit({ 'policies/policies.yaml': `${POLICIES}\n`, 'keys/k-1.key': 'short' });
    await eventually(async () => expect(await rejections()).toBeGreaterThan(before));
    await inForce();
  });

  test('row 56: no policies at all open nothing', async () => {
    gateway.edit({ 'policies/policies.yaml': '', 'keys/k-1.key': SECRETS['k-1'].toString('base64') });
    await eventually(async () => {
      const { answer, passed } = await watch(gateway, () => sendHttp1(gateway.port, unsigned()));
      expect([answer.status, passed]).toEqual([404, 0]);
    });
  });

  async function rejections(): Promise<number> {
    const [, count = '0'] =
      /paymesh_authz_config_apply_total\{result="rejected"[^}]*\} (\d+)/.exec(await gateway.metrics()) ?? [];
    return Number(count);
  }
});
