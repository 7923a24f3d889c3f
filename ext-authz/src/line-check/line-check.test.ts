import { createPublicKey, generateKeyPairSync } from 'node:crypto';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { loadPrivateKey, type PrivateKeySource } from '../client/index.ts';
import { type SignProfile, signAny } from '../signature/index.ts';
import { RFC_KEYS, TEST_REQUEST } from '../testing/rfc9421.ts';
import { createLineCheck, type LineCheck } from './index.ts';

const NOW = 1_767_225_600;
const SECRET = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ed25519 = generateKeyPairSync('ed25519');
const pem = (pair: typeof rsa) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = (pair: typeof rsa) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

type Line = Record<string, unknown> & { readonly message: Record<string, unknown> };

let check: LineCheck;
beforeEach(() => {
  check = createLineCheck();
});
const ask = (line: unknown) => check(JSON.stringify(line));

interface Signing {
  readonly key: Omit<PrivateKeySource, 'algorithm'> & { readonly algorithm: PrivateKeySource['algorithm'] };
  readonly profile: SignProfile;
  readonly body?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly target?: string;
  readonly nonce?: string;
}

/** A line whose message is rightly signed. */
function signedLine(signing: Signing, keys: unknown, policy: Record<string, unknown> = {}): Line {
  const { body = '{"amount":1}', headers = [], target = '/v1/payments?a=1' } = signing;
  const request = {
    method: 'POST',
    scheme: 'https',
    authority: 'pay.example',
    target,
    headers,
    body: Buffer.from(body),
  };
  const signed = signAny(request, signing.profile, {
    key: loadPrivateKey(signing.key),
    nowMs: NOW * 1_000,
    nonce: signing.nonce ?? 'nonce-0123456789abcdef',
  });
  const { method, scheme, authority } = request;
  const added = new Set(signed.headers.map(([name]) => name.toLowerCase()));
  return {
    id: 'line-1',
    store: 's',
    now: NOW + 1,
    policy: { scheme: signing.profile.scheme, ...policy },
    keys,
    message: {
      method,
      scheme,
      authority,
      target: signed.target ?? target,
      headers: [...headers.filter(([name]) => !added.has(name)), ...signed.headers],
      body: Buffer.from(signed.body ?? request.body).toString('base64'),
    },
  };
}

const components = ['@method', '@authority', '@path', '@query', 'content-digest'];
const rfc9421 = (more: Record<string, unknown> = {}): Signing => ({
  key: { id: 'k-ed', algorithm: 'ed25519', pem: privatePem(ed25519) },
  profile: { scheme: 'rfc9421', components, ...more },
});
const edKeys = [{ id: 'k-ed', alg: 'ed25519', pem: pem(ed25519) }];
const rsaKey = (id: string, account?: string) =>
  ({ id, account, algorithm: 'rsa-v1_5-sha256', pem: privatePem(rsa) }) as const;
const rsaKeys = (id: string) => [{ id, alg: 'rsa-v1_5-sha256', pem: pem(rsa) }];
const hmacKey = (id: string) => ({ id, algorithm: 'hmac-sha256', secret: SECRET }) as const;
const hmacKeys = (id: string) => [{ id, alg: 'hmac-sha256', secret: SECRET }];
const HMAC_HEADERS = {
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  nonce: 'x-nonce',
  signature: 'x-signature',
};

const FORM = [['content-type', 'application/x-www-form-urlencoded']] as const;

const SIGNED: readonly (readonly [string, Signing, unknown])[] = [
  [
    'hmac',
    { key: hmacKey('k'), profile: { scheme: 'hmac', headers: HMAC_HEADERS, signedHeaders: [] } },
    hmacKeys('k'),
  ],
  ['rfc9421', rfc9421(), edKeys],
  [
    'wechatpay request',
    {
      key: rsaKey('5157F09EFDC096DE15EBE81A47057A72', '1900000001'),
      profile: { scheme: 'wechatpay', message: 'request' },
    },
    rsaKeys('5157F09EFDC096DE15EBE81A47057A72'),
  ],
  [
    'wechatpay callback',
    {
      key: rsaKey('PUB_KEY_ID_0114232134912410000000000000'),
      profile: { scheme: 'wechatpay', message: 'callback' },
    },
    rsaKeys('PUB_KEY_ID_0114232134912410000000000000'),
  ],
  [
    'alipay request',
    {
      key: rsaKey('2014072300007148'),
      profile: { scheme: 'alipay', message: 'request' },
      headers: FORM,
      body: 'method=alipay.trade.pay&biz_content=%7B%22a%22%3A1%7D',
      target: '/gateway.do',
    },
    rsaKeys('2014072300007148'),
  ],
  [
    'alipay notification',
    {
      key: rsaKey('2014072300007148'),
      profile: { scheme: 'alipay', message: 'notification' },
      headers: FORM,
      body: 'notify_id=ac05099524730693a8b330c5ecf72da9786&out_trade_no=1&total_amount=1.00&trade_status=TRADE_SUCCESS',
      target: '/notify',
    },
    rsaKeys('2014072300007148'),
  ],
  [
    'alipay v3',
    { key: rsaKey('2014072300007148'), profile: { scheme: 'alipay', message: 'v3' } },
    rsaKeys('2014072300007148'),
  ],
  [
    'alipayplus',
    { key: rsaKey('TEST_5X00000000000000'), profile: { scheme: 'alipayplus' } },
    rsaKeys('TEST_5X00000000000000'),
  ],
  [
    'unionpay',
    {
      key: rsaKey('68759663125'),
      profile: { scheme: 'unionpay' },
      headers: FORM,
      body: 'orderId=20260101&txnAmt=100&merId=777290058110048',
      target: '/back',
    },
    rsaKeys('68759663125'),
  ],
  ['stripe', { key: hmacKey('whk'), profile: { scheme: 'stripe' } }, hmacKeys('whk')],
  [
    'adyen platform',
    { key: hmacKey('ady'), profile: { scheme: 'adyen', message: 'platform' } },
    hmacKeys('ady'),
  ],
  ['standard-webhooks', { key: hmacKey('whk'), profile: { scheme: 'standard-webhooks' } }, hmacKeys('whk')],
  [
    'sigv4',
    { key: hmacKey('AKIDEXAMPLE'), profile: { scheme: 'sigv4', region: 'us-east-1', service: 'pay' } },
    hmacKeys('AKIDEXAMPLE'),
  ],
];

describe('a line of each scheme', () => {
  test.each(SIGNED)('%s: is allowed once, with key and text', async (_name, signing, keys) => {
    const line = signedLine(signing, keys);
    const answer = await ask(line);
    expect(answer).toMatchObject({ id: 'line-1', ok: true, code: 'ok', keyid: signing.key.id });
    expect(answer.base).toEqual(expect.any(String));
    if (signing.profile.scheme !== 'rfc9421') {
      expect(await ask(line)).toMatchObject({ ok: false, code: 'replayed_nonce' });
    }
    expect(await ask({ ...line, store: 'another' })).toMatchObject({ ok: true });
  });

  test.each(SIGNED)(
    '%s: another body, an unknown key and a revoked one are denied',
    async (_name, signing, keys) => {
      const line = signedLine(signing, keys);
      const body = Buffer.from(String(line.message['body']), 'base64').toString();
      const other = Buffer.from(body.replace(/1/, '2')).toString('base64');
      expect(await ask({ ...line, message: { ...line.message, body: other } })).toMatchObject({ ok: false });
      expect(await ask({ ...line, keys: [] })).toMatchObject({ ok: false });
      const revoked = (keys as object[]).map((key) => ({ ...key, revoked: true }));
      expect(await ask({ ...line, keys: revoked })).toMatchObject({ ok: false, code: 'revoked_key' });
    },
  );
});

describe('requests that RFC 9421 prints, as lines', () => {
  const line = (label: string, input: string, signature: string, keys: unknown, policy: object = {}) => ({
    id: label,
    store: 's',
    now: 1_618_884_474,
    policy: { scheme: 'rfc9421', label, ...policy },
    keys,
    message: {
      method: TEST_REQUEST.method ?? 'POST',
      scheme: 'https',
      authority: TEST_REQUEST.authority ?? 'example.com',
      target: TEST_REQUEST.target,
      headers: [
        ...TEST_REQUEST.headers,
        ['Signature-Input', `${label}=${input}`],
        ['Signature', `${label}=${signature}`],
      ],
      body: Buffer.from(String(TEST_REQUEST.body)).toString('base64'),
    },
  });
  const jwk = createPublicKey(
    RFC_KEYS['test-key-ed25519'].key.export({ type: 'spki', format: 'pem' }),
  ).export({
    format: 'jwk',
  });
  const secret = RFC_KEYS['test-shared-secret'].key.export().toString('base64');

  test('B.2.6, ed25519 by JWK', async () => {
    const input =
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
    const signature =
      ':wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:';
    const asked = line('sig-b26', input, signature, [{ id: 'test-key-ed25519', alg: 'ed25519', jwk }]);
    const answer = await ask(asked);
    expect(answer).toMatchObject({ ok: true, keyid: 'test-key-ed25519' });
    expect(answer.base).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        `"@signature-params": ${input}`,
      ].join('\n'),
    );
    // Without a nonce nothing is used up, unless the policy wants one.
    expect(await ask(asked)).toMatchObject({ ok: true });
    expect(await ask({ ...asked, policy: { ...asked.policy, nonce: 'required' } })).toMatchObject({
      code: 'missing_nonce',
    });
    expect(await ask({ ...asked, policy: { ...asked.policy, params: ['created', 'nonce'] } })).toMatchObject({
      ok: false,
      code: 'missing_parameter',
    });
    expect(await ask({ ...asked, policy: { ...asked.policy, cover: ['"@query"'] } })).toMatchObject({
      ok: false,
      code: 'insufficient_coverage',
      keyid: 'test-key-ed25519',
    });
    expect(
      await ask({ ...asked, policy: { ...asked.policy, cover: ['"@path"', '@method', 'date'] } }),
    ).toMatchObject({ ok: true });
    expect(await ask({ ...asked, policy: { ...asked.policy, digest: 'required' } })).toMatchObject({
      ok: false,
      code: 'insufficient_coverage',
    });
    expect(
      await ask({ ...asked, now: 1_618_884_473 + 301, policy: { ...asked.policy, maxAgeSec: 300 } }),
    ).toMatchObject({ code: 'stale_timestamp' });
    expect(
      await ask({ ...asked, now: 1_618_884_473 + 300, policy: { ...asked.policy, maxAgeSec: 300 } }),
    ).toMatchObject({ ok: true });
    expect(
      await ask({ ...asked, now: 1_618_884_473 - 31, policy: { ...asked.policy, skewSec: 30 } }),
    ).toMatchObject({ code: 'future_timestamp' });
    expect(
      await ask({ ...asked, now: 1_618_884_473 - 30, policy: { ...asked.policy, skewSec: 30 } }),
    ).toMatchObject({ ok: true });
    expect(await ask({ ...asked, partialBody: true })).toMatchObject({ ok: false, code: 'partial_body' });
  });

  test('B.2.5, hmac-sha256 by secret', async () => {
    const input = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
    const signature = ':pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:';
    const keys = [{ id: 'test-shared-secret', alg: 'hmac-sha256', secret }];
    expect(await ask(line('sig-b25', input, signature, keys))).toMatchObject({ ok: true });
    expect(await ask(line('sig-b25', input, signature, keys, { label: 'sig1' }))).toMatchObject({
      ok: false,
      code: 'missing_signature',
    });
  });
});

describe('the protocol of lines', () => {
  test('answers in the words of the question, and a nonce is used up in its store', async () => {
    const signing = rfc9421({ params: ['created', 'keyid', 'nonce'] });
    const line = signedLine(signing, edKeys, { nonce: 'required', minNonceLength: 8, maxAgeSec: 60 });
    expect(await ask({ ...line, id: 7 })).toMatchObject({ id: 7, ok: true });
    expect(await ask({ ...line, id: 8 })).toMatchObject({
      id: 8,
      ok: false,
      code: 'replayed_nonce',
      keyid: 'k-ed',
    });
    const long = { ...line, policy: { ...(line['policy'] as object), minNonceLength: 64 }, store: 't' };
    expect(await ask(long)).toMatchObject({ ok: false, code: 'malformed_nonce' });
  });

  test('a nonce is free again once nothing with it would be fresh, on the clock of the line', async () => {
    const at = (now: number) => ({ ...signedLine(rfc9421(), edKeys, { maxAgeSec: 60, skewSec: 5 }), now });
    expect(await ask(at(NOW))).toMatchObject({ ok: true });
    expect(await ask(at(NOW + 60))).toMatchObject({ code: 'replayed_nonce' });
    expect(await ask(at(NOW - 5))).toMatchObject({ code: 'replayed_nonce' });
    const later = { ...at(NOW + 500), policy: { scheme: 'rfc9421', maxAgeSec: 1_000 } };
    expect(await ask(later)).toMatchObject({ ok: true });
  });

  test('has room for as many stores as there are lines', async () => {
    const line = signedLine(rfc9421(), edKeys);
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => ask({ ...line, store: `s${index}` })),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  });

  test('a key is not valid before and after its dates', async () => {
    const line = signedLine(rfc9421(), []);
    const key = { id: 'k-ed', alg: 'ed25519', pem: edKeys[0]?.pem };
    expect(await ask({ ...line, keys: [{ ...key, notBefore: NOW + 5 }] })).toMatchObject({
      code: 'pending_key',
    });
    expect(await ask({ ...line, keys: [{ ...key, notAfter: NOW }] })).toMatchObject({ code: 'expired_key' });
    expect(await ask({ ...line, keys: [{ ...key, notBefore: NOW, notAfter: NOW + 5 }] })).toMatchObject({
      ok: true,
    });
  });

  test('a key too weak is not there', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const keys = [...edKeys, { id: 'weak', alg: 'rsa-pss-sha512', pem: pem(weak) }];
    expect(await ask(signedLine(rfc9421(), keys))).toMatchObject({ ok: true });
  });

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing of what is asked', '{"id": "x"}'],
    ['an unknown scheme', JSON.stringify({ ...signedLine(rfc9421(), edKeys), policy: { scheme: 'none' } })],
    [
      'a component that is none',
      JSON.stringify({
        ...signedLine(rfc9421(), edKeys),
        policy: { scheme: 'rfc9421', cover: ['@nothing'] },
      }),
    ],
  ])('%s is answered and never allowed', async (_name, line) => {
    expect(await check(line)).toMatchObject({ ok: false, code: 'malformed_line', error: expect.any(String) });
  });
});
