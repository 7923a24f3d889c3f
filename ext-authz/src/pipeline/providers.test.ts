import { describe, expect, test } from '@jest/globals';

import type { SigningKey } from '../keys/index.ts';
import { createEmbeddedStore } from '../replay/index.ts';
import type { Verification } from '../rules/index.ts';
import { signAlipay } from '../signature/alipay/index.ts';
import { signAlipayplus } from '../signature/alipayplus/index.ts';
import type { ProfileOf } from '../signature/index.ts';
import type { OutgoingRequest, PrivateSigningKey, SignedRequest } from '../signature/signer.ts';
import {
  messageOf,
  outgoing,
  type RequestText,
  rsaKeyPair,
  withSignature,
} from '../signature/testing/signed-message.ts';
import { signUnionpay } from '../signature/unionpay/index.ts';
import { signWechatpay } from '../signature/wechatpay/index.ts';
import { NOW_MS, POLICY, rule, ruleSet } from '../testing/fixtures.ts';
import { createPipeline } from './index.ts';

type Provider = 'wechatpay' | 'alipay' | 'alipayplus' | 'unionpay';

interface Case {
  readonly profile: ProfileOf<Provider>;
  /** Id of the key in the set, and whom it signs for. */
  readonly id: string;
  readonly account?: string;
  /** Id that the signer is told, where it is spelled otherwise. */
  readonly sentId?: string;
  readonly request: RequestText;
}

const JSON_REQUEST = { target: '/v3/pay?a=1', body: '{"amount":1}' } as const;
const FORM_REQUEST = {
  target: '/gateway.do',
  headers: [['Content-Type', 'application/x-www-form-urlencoded']],
  body: 'biz_content=%7B%22amount%22%3A1%7D',
} as const;
const SERIAL = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';

const CASES: readonly (readonly [string, Case])[] = [
  [
    'a merchant of WeChat Pay',
    {
      profile: { scheme: 'wechatpay', message: 'request' },
      id: SERIAL,
      account: '1900009191',
      sentId: SERIAL.toLowerCase(),
      request: JSON_REQUEST,
    },
  ],
  [
    'a callback of WeChat Pay',
    { profile: { scheme: 'wechatpay', message: 'callback' }, id: 'PUB_KEY_ID_01', request: JSON_REQUEST },
  ],
  [
    'a merchant of Alipay',
    { profile: { scheme: 'alipay', message: 'request' }, id: '2021', request: FORM_REQUEST },
  ],
  [
    'a merchant of Alipay with a certificate',
    { profile: { scheme: 'alipay', message: 'request' }, id: 'ab12', account: '2021', request: FORM_REQUEST },
  ],
  [
    'a notification of Alipay',
    { profile: { scheme: 'alipay', message: 'notification' }, id: '2021', request: FORM_REQUEST },
  ],
  [
    'a merchant of Alipay 3.0',
    { profile: { scheme: 'alipay', message: 'v3' }, id: 'ab12', account: '2021', request: JSON_REQUEST },
  ],
  ['Alipay+', { profile: { scheme: 'alipayplus' }, id: 'CLIENT', sentId: 'CLIENT/3', request: JSON_REQUEST }],
  ['UnionPay', { profile: { scheme: 'unionpay' }, id: '68759585097', request: FORM_REQUEST }],
];

describe.each(CASES)('%s', (_, { profile, id, account, sentId = id, request }) => {
  const { signing, verifying } = rsaKeyPair(sentId, account);
  const sent = signedBy(profile, outgoing(request), signing);

  function decider(change: Partial<SigningKey> = {}) {
    const key: SigningKey = {
      ...verifying,
      id,
      owner: account ?? 'the-signer',
      nonceScope: 'scope',
      notBeforeMs: undefined,
      notAfterMs: undefined,
      isRevoked: false,
      ...change,
    };
    const verify: Verification = {
      profile,
      keys: new Map([[id, key]]),
      cover: ['"content-digest"'],
      windowMs: 299_999,
      skewMs: 30_000,
      nonce: { use: 'derived', minLength: 1 },
      accounts: 'owner',
    };
    const store = createEmbeddedStore();
    const decide = createPipeline({
      claimNonce: (wanted) => store.claim(wanted.key, wanted.ttlMs),
      onError: (error) => expect(error).toBeUndefined(),
    });
    const rules = ruleSet({ ...rule(), verify });
    return async (text: RequestText, nowMs = NOW_MS) =>
      decide(messageOf(text, { policyId: POLICY }).message, rules, nowMs);
  }

  test('is let in once', async () => {
    const decide = decider();
    const proof = { principal: account ?? 'the-signer', keyId: id };
    expect(await decide(sent)).toMatchObject({ kind: 'allow', proof });
    expect(await decide(sent)).toMatchObject({ kind: 'deny', reason: 'replayed_nonce' });
  });

  test('is let in for 300 s', async () => {
    expect(await decider()(sent, NOW_MS + 299_999)).toMatchObject({ kind: 'allow' });
    expect(await decider()(sent, NOW_MS + 300_000)).toMatchObject({
      kind: 'deny',
      reason: 'stale_timestamp',
    });
  });

  test('is denied with another body, key, algorithm or owner', async () => {
    const body = Buffer.from(sent.body).toString('latin1').replace('amount', 'Amount');
    expect(await decider()({ ...sent, body })).toMatchObject({ kind: 'deny', reason: 'bad_signature' });
    expect(await decider({ isRevoked: true })(sent)).toMatchObject({ kind: 'deny', reason: 'revoked_key' });
    const other = rsaKeyPair('x').verifying.key;
    expect(await decider({ key: other })(sent)).toMatchObject({ kind: 'deny', reason: 'bad_signature' });
    const pss = await decider({ algorithm: 'rsa-pss-sha512' })(sent);
    expect(pss).toMatchObject({ kind: 'deny', reason: 'algorithm_mismatch' });
    const owned = await decider({ owner: 'somebody-else' })(sent);
    expect(owned).toMatchObject(
      account === undefined ? { kind: 'allow' } : { kind: 'deny', reason: 'key_owner_mismatch' },
    );
  });
});

function signedBy(
  profile: ProfileOf<Provider>,
  request: OutgoingRequest,
  key: PrivateSigningKey,
): Required<RequestText> {
  const context = { key, nowMs: NOW_MS, nonce: 'nonce-of-the-test-1' };
  return withSignature(request, sign());

  function sign(): SignedRequest {
    switch (profile.scheme) {
      case 'wechatpay':
        return signWechatpay(request, profile, context);
      case 'alipay':
        return signAlipay(request, profile, context);
      case 'alipayplus':
        return signAlipayplus(request, profile, context);
      case 'unionpay':
        return signUnionpay(request, profile, context);
    }
  }
}
