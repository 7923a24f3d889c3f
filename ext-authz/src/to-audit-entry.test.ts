import { expect, test } from '@jest/globals';

import { toAuditEntry } from './to-audit-entry.ts';

test('a decision is told with its scheme, the one on trial, and the time of each stage', () => {
  const entry = toAuditEntry(
    {
      kind: 'deny',
      policyId: 'pay/p',
      reason: 'bad_signature',
      keyId: 'k',
      scheme: 'hmac',
      candidate: { scheme: 'rfc9421', reason: 'ok' },
      timings: [
        { stage: 'read', micros: 12 },
        { stage: 'verify', micros: 30 },
      ],
    },
    undefined,
    { revision: 'c0ffee', target: 'pay/payments' },
  );
  expect(entry).toMatchObject({
    decision: 'deny',
    policy: 'pay/p',
    reason: 'bad_signature',
    status: 401,
    keyId: 'k',
    scheme: 'hmac',
    shadow: { scheme: 'rfc9421', reason: 'ok' },
    timingsUs: { read: 12, verify: 30 },
    revision: 'c0ffee',
  });
});

test('an allow has no status, for the request went on', () => {
  const proof = { principal: 'merchant-a', keyId: 'k' };
  expect(
    toAuditEntry({ kind: 'allow', policyId: 'pay/p', proof }, undefined, {
      revision: 'c0ffee',
      target: 'pay/payments',
    }),
  ).toMatchObject({
    reason: 'ok',
    principal: 'merchant-a',
    keyId: 'k',
    status: undefined,
  });
});
