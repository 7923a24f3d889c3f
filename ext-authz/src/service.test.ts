import { expect, test } from '@jest/globals';

import {
  freshNonce,
  headerOf,
  OTHER_SECRET,
  rule,
  ruleSet,
  signedCheck,
  withHeader,
  withoutHeader,
} from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

test('a wrong signature does not burn the nonce of a right one', async () => {
  const authz = start(ruleSet());
  const right = signedCheck();
  const forged = { ...right, rawBody: Buffer.from('{"amount":999}') };
  expect(outcome(await authz.check(forged)).reason).toBe('bad_signature');
  expect(outcome(await authz.check(right)).reason).toBe('ok');
  expect(outcome(await authz.check(right))).toMatchObject({ http: 409, reason: 'replayed_nonce' });
});

test('the same nonce at once: exactly one is allowed', async () => {
  const authz = start(ruleSet());
  const check = signedCheck();
  const answers = await Promise.all(Array.from({ length: 50 }, () => authz.check(check)));
  const reasons = answers.map((answer) => outcome(answer).reason);
  expect(reasons.filter((reason) => reason === 'ok')).toHaveLength(1);
  expect(reasons.filter((reason) => reason === 'replayed_nonce')).toHaveLength(49);
});

test('the same request id and signature again is a replay, not an idempotent answer', async () => {
  const authz = start(ruleSet());
  const check = withHeader(signedCheck(), 'x-request-id', 'same-id');
  await authz.check(check);
  expect(outcome(await authz.check(check)).http).toBe(409);
});

test('a request that one policy took is a replay at every other with the same keys', async () => {
  const authz = start(ruleSet(rule(), rule({ policyId: 'pay/renamed' })));
  const nonce = freshNonce();
  expect(outcome(await authz.check(signedCheck({ nonce }))).reason).toBe('ok');
  const again = await authz.check(signedCheck({ nonce, policy: 'pay/renamed' }));
  expect(outcome(again)).toMatchObject({ http: 409, reason: 'replayed_nonce' });
});

test('keys with secrets of their own may use the same nonce', async () => {
  const authz = start(ruleSet());
  const nonce = freshNonce();
  const others = { nonce, keyId: 'merchant-a-2025', secret: OTHER_SECRET };
  expect(outcome(await authz.check(signedCheck({ nonce }))).reason).toBe('ok');
  expect(outcome(await authz.check(signedCheck(others))).reason).toBe('ok');
});

test('a full store denies with 503 and forgets nothing', async () => {
  const authz = start(ruleSet(), 2);
  const first = signedCheck();
  await authz.check(first);
  await authz.check(signedCheck());
  const denied = outcome(await authz.check(signedCheck()));
  expect(denied).toMatchObject({ http: 503, reason: 'store_full', body: { code: 'store_unavailable' } });
  expect(outcome(await authz.check(first)).http).toBe(409);
});

test('a policy in shadow mode lets a forgery on without a principal, and counts it', async () => {
  const authz = start(ruleSet(rule({ mode: 'Shadow' })));
  const response = await authz.check(signedCheck({ secret: OTHER_SECRET }));
  expect(response.status?.code).toBe(0);
  expect(response.httpResponse.value).toMatchObject({
    headers: [],
    headersToRemove: ['x-paymesh-principal', 'x-paymesh-key-id', 'x-paymesh-peer', 'x-paymesh-subject'],
  });
  expect(await authz.output()).toContain('decision="shadow_deny",reason="bad_signature"');
});

test('request ids are printed only when they are plain', async () => {
  const authz = start(ruleSet());
  const ask = async (id: string) =>
    outcome(await authz.check(withHeader(withoutHeader(signedCheck(), 'x-nonce'), 'x-request-id', id)))
      .body?.['request_id'];
  expect(await ask('3f1c-42')).toBe('3f1c-42');
  expect(await ask('<script>')).toBe('unknown');
  expect(await ask('i'.repeat(129))).toBe('unknown');
});

test('no log line holds a header value, a body or a query', async () => {
  const authz = start(ruleSet());
  const check = {
    ...signedCheck({ path: '/v1/payments?card=of-the-query', body: '{"pan":"of-the-body"}' }),
    method: 'PUT',
  };
  await authz.check(check);
  const output = await authz.output();
  expect(output).toContain('"path":"/v1/payments"');
  expect(output).not.toContain('of-the-query');
  expect(output).not.toContain('of-the-body');
  expect(output).not.toContain(headerOf(check, 'x-signature'));
  expect(output).not.toContain(headerOf(check, 'x-nonce'));
});
