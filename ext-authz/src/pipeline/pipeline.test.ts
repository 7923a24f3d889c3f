import { describe, expect, test } from '@jest/globals';
import type { KeyRing } from '../keys/index.ts';
import { headerList, type Message } from '../message/index.ts';
import type { NonceClaim } from '../replay/index.ts';
import { NOW_MS, POLICY, rule, ruleSet, SECRET, signedCheck } from '../testing/fixtures.ts';
import { createPipeline } from './index.ts';

function message(change: Partial<Message> = {}): Message {
  const check = signedCheck();
  return {
    policyId: POLICY,
    accessIds: [],
    attempt: '77 10.0.0.1 5000',
    peer: { address: '10.0.0.1', principal: '', certificate: '' },
    scheme: 'https',
    authority: 'pay.example',
    routeId: '',
    requestId: 'req-1',
    method: check.method,
    target: check.path,
    headers: headerList(check.headers.map(([name, value]) => ({ name, value: Buffer.from(value) }))),
    isLossy: false,
    body: { kind: 'whole', bytes: check.rawBody },
    ...change,
  };
}

describe('createPipeline', () => {
  test.each<[NonceClaim, string]>([
    ['replayed', 'replayed_nonce'],
    ['full', 'store_full'],
    ['unavailable', 'store_unavailable'],
  ])('a claim that is %s denies with %s', async (claim, reason) => {
    const decide = createPipeline({ claimNonce: async () => claim, onError: () => undefined });
    expect(await decide(message(), ruleSet(), NOW_MS)).toMatchObject({
      kind: 'deny',
      policyId: POLICY,
      reason,
      keyId: 'merchant-a-2026',
    });
  });

  test.each<[string, Parameters<typeof rule>[0], () => Promise<NonceClaim>]>([
    ['a store that rejects', {}, () => Promise.reject(new Error('broken'))],
    ['a store that says something else', {}, async () => 'maybe' as NonceClaim],
    ['a store that says nothing', {}, async () => undefined as unknown as NonceClaim],
    ['a rule without keys', { keys: null as unknown as KeyRing }, async () => 'fresh'],
  ])('%s denies and is told', async (_name, change, claimNonce) => {
    const errors: unknown[] = [];
    const decide = createPipeline({ claimNonce, onError: (error) => errors.push(error) });
    const decision = await decide(message(), ruleSet(rule(change)), NOW_MS);
    expect(decision).toMatchObject({ kind: 'deny', reason: 'internal_error' });
    expect(errors).toHaveLength(1);
  });

  test('in shadow mode a broken stage is a denial that goes on', async () => {
    const claimNonce = () => Promise.reject(new Error('broken'));
    const decide = createPipeline({ claimNonce, onError: () => undefined });
    const decision = await decide(message(), ruleSet(rule({ mode: 'Shadow' })), NOW_MS);
    expect(decision).toMatchObject({ kind: 'shadow_deny', reason: 'internal_error' });
  });

  test('claims by secret and nonce for as long as a replica may accept the request', async () => {
    const claims: unknown[] = [];
    const decide = createPipeline({
      claimNonce: async (claim) => {
        claims.push(claim);
        return 'fresh' as const;
      },
      onError: () => undefined,
    });
    const check = message();
    await decide(check, ruleSet(rule({ nonceStore: 'redis' })), NOW_MS);
    const nonce = check.headers.textAt(check.headers.find('x-nonce'));
    expect(claims).toEqual([
      {
        store: 'redis',
        onStoreDown: 'Deny',
        key: `scope-of-${SECRET.toString()} ${nonce}`,
        ttlMs: 361_000,
        attempt: '77 10.0.0.1 5000',
      },
    ]);
  });
});
