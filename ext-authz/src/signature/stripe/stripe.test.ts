import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { received, verdictOf } from '../testing/received.ts';
import { signStripe, stripeScheme } from './index.ts';

const PROFILE = { scheme: 'stripe' } as const;
const KEY = secret('whsec_test_secret');
/** The event and secret that Stripe's own library is tested with; the MAC by an independent tool. */
const BODY = '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}';
const T = 't=1614265330';
const MAC = 'af4ead0627a34a8cca29808e8de9ada8e41a92e6237c63cef6eacf51d36cca34';
const V1 = `v1=${MAC}`;
const OTHER = `v1=${'0'.repeat(64)}`;

function secret(text: string) {
  return { algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(text)) } as const;
}

function verdict(header: string, body: string = BODY): string {
  return verdictOf(stripeScheme, PROFILE, KEY, { headers: [['Stripe-Signature', header]], body });
}

describeScheme({
  name: 'stripe',
  scheme: stripeScheme,
  sign: signStripe,
  profile: PROFILE,
  signingKey: { id: 'hook', ...KEY },
  key: KEY,
  otherKey: secret('whsec_other_secret'),
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })),
  covered: ['body', 'stripe-signature'],
  headers: ['stripe-signature'],
});

describe('stripeScheme', () => {
  test.each([
    ['one v1', `${T},${V1}`],
    ['v1 before t', `${V1},${T}`],
    ['a v1 of another secret first, as in a roll', `${T},${OTHER},${V1}`],
    ['v0 and schemes to come beside it', `${T},v0=6ffbb59b,${V1},v2=x`],
    ['eight v1', [T, ...Array.from({ length: 7 }, () => OTHER), V1].join(',')],
  ])('proves %s', (_name, header) => {
    expect(verdict(header)).toBe('proven');
  });

  test('gives time, coverage and no key id', () => {
    const answer = stripeScheme.present(
      received({ headers: [['stripe-signature', `${T},${V1}`]], body: BODY }),
      PROFILE,
    );
    expect(answer).toMatchObject({
      kind: 'presented',
      presented: {
        signer: { kind: 'unnamed' },
        createdMs: 1_614_265_330_000,
        covered: ['"content-digest"'],
      },
    });
    if (answer.kind !== 'presented') throw new Error('not presented');
    expect(answer.presented.nonce).toBeUndefined();
    expect(Buffer.from(answer.presented.base()).toString()).toBe(`1614265330.${BODY}`);
  });

  test.each([
    ['an empty header', '', 'malformed_signature'],
    ['t twice', `${T},${T},${V1}`, 'duplicate_parameter'],
    ['another t after it', `${T},t=9999999999,${V1}`, 'duplicate_parameter'],
    ['no t', V1, 'malformed_timestamp'],
    ['t with junk behind', `${T}abc,${V1}`, 'malformed_timestamp'],
    ['t as a decimal', `${T}.0,${V1}`, 'malformed_signature'],
    ['a negative t', `t=-1614265330,${V1}`, 'malformed_signature'],
    ['t of 13 digits', `t=1614265330000,${V1}`, 'malformed_timestamp'],
    ['t in full-width digits', Buffer.from(`t=\uff11,${V1}`).toString('latin1'), 'unclean_header'],
    ['an empty t', `t=,${V1}`, 'malformed_signature'],
    ['v0 only', `${T},v0=${MAC}`, 'unsupported_algorithm'],
    ['t only', T, 'unsupported_algorithm'],
    [
      'nine v1, the last one right',
      [T, ...Array.from({ length: 8 }, () => OTHER), V1].join(','),
      'oversized_signature',
    ],
    ['fifty v1', [T, ...Array.from({ length: 50 }, () => V1)].join(','), 'oversized_signature'],
    ['upper-case hex', `${T},v1=${MAC.toUpperCase()}`, 'malformed_signature'],
    ['an empty v1', `${T},v1=`, 'malformed_signature'],
    ['a short v1', `${T},v1=${MAC.slice(2)}`, 'malformed_signature'],
    ['a long v1', `${T},${V1}00`, 'malformed_signature'],
    ['a bad v1 beside a right one', `${T},v1=bad,${V1}`, 'malformed_signature'],
    ['a space after the comma', `${T}, ${V1}`, 'malformed_signature'],
    ['a comma at the end', `${T},${V1},`, 'malformed_signature'],
    ['upper-case names', `T=1614265330,V1=${MAC}`, 'malformed_signature'],
    ['another time', `t=1614265331,${V1}`, 'unproven'],
    ['a leading zero', `t=01614265330,${V1}`, 'unproven'],
    ['another MAC', `${T},${OTHER}`, 'unproven'],
  ])('refuses %s', (_name, header, reason) => {
    expect(verdict(header)).toBe(reason);
  });

  test.each([
    ['no header', { body: BODY }, 'absent'],
    ['a header of another name', { headers: [['stripe_signature', `${T},${V1}`]], body: BODY }, 'absent'],
    [
      'two headers',
      {
        headers: [
          ['stripe-signature', `${T},${V1}`],
          ['Stripe-Signature', `${T},${V1}`],
        ],
        body: BODY,
      },
      'repeated_header',
    ],
    ['a line feed', { headers: [['stripe-signature', `${T},${V1}\n`]], body: BODY }, 'unclean_header'],
    [
      'merged headers, in which the comma may be Envoy\u2019s',
      { headers: [['stripe-signature', `${T},${V1}`]], body: BODY, isLossy: true },
      'unclean_header',
    ],
    [
      'a byte order mark',
      { headers: [['stripe-signature', `${T},${V1}`]], body: `\ufeff${BODY}` },
      'unproven',
    ],
    ['the body re-serialised', { headers: [['stripe-signature', `${T},${V1}`]], body: '{}' }, 'unproven'],
  ] as const)('answers %s', (_name, message, reason) => {
    expect(verdictOf(stripeScheme, PROFILE, KEY, message)).toBe(reason);
  });
});
