import { createSecretKey, generateKeyPairSync } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describeScheme } from '../scheme.contract.ts';
import { anyOutgoing } from '../testing/outgoing.ts';
import { received, verdictOf } from '../testing/received.ts';
import { signStandardWebhook, standardWebhooksScheme } from './index.ts';

const PROFILE = { scheme: 'standard-webhooks' } as const;
/** Secret, id, time, payload and signature that the standard's libraries are tested with. */
const SECRET = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const TIMESTAMP = '1614265330';
const BODY = '{"test": 2432232314}';
const V1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const OTHER = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';

const V1A = `v1a,${'A'.repeat(86)}==`;

const BYTES_KEY = secret(Buffer.from(SECRET, 'base64'));
const TEXT_KEY = secret(Buffer.from(`whsec_${SECRET}`));
const ED25519 = generateKeyPairSync('ed25519');
const PUBLIC = { algorithm: 'ed25519', key: ED25519.publicKey } as const;
const PRIVATE = { id: 'k', algorithm: 'ed25519', key: ED25519.privateKey } as const;

function secret(bytes: Buffer) {
  return { algorithm: 'hmac-sha256', key: createSecretKey(bytes) } as const;
}

type Lines = readonly (readonly [string, string])[];

function lines(change: Partial<Record<'id' | 'timestamp' | 'signature', string>> = {}, prefix = 'webhook-') {
  const { id = ID, timestamp = TIMESTAMP, signature = V1 } = change;
  return [
    [`${prefix}id`, id],
    [`${prefix}timestamp`, timestamp],
    [`${prefix}signature`, signature],
  ] as const;
}

function verdict(headers: Lines, { key = BYTES_KEY, body = BODY, isLossy = false } = {}): string {
  return verdictOf(standardWebhooksScheme, PROFILE, key, { headers, body, isLossy });
}

const contract = {
  scheme: standardWebhooksScheme,
  sign: signStandardWebhook,
  profile: PROFILE,
  requests: anyOutgoing(fc.uint8Array({ maxLength: 200 })),
  covered: ['body', 'webhook-id', 'webhook-timestamp', 'webhook-signature'],
  headers: ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'svix-id', 'svix-signature'],
};
describeScheme({
  ...contract,
  name: 'standard-webhooks v1',
  signingKey: { id: 'k', ...TEXT_KEY },
  key: BYTES_KEY,
  otherKey: secret(Buffer.alloc(24, 'x')),
});
describeScheme({
  ...contract,
  name: 'standard-webhooks v1a',
  signingKey: PRIVATE,
  key: PUBLIC,
  otherKey: { algorithm: 'ed25519', key: generateKeyPairSync('ed25519').publicKey },
});

describe('standardWebhooksScheme', () => {
  test.each([
    ['the example of the libraries', lines(), BYTES_KEY],
    ['the same with the secret as its text', lines(), TEXT_KEY],
    ['the spelling of svix', lines({}, 'svix-'), BYTES_KEY],
    [
      'one of several, versions to come among them',
      lines({ signature: `${OTHER} v2,AAAA ${V1} ${OTHER}` }),
      BYTES_KEY,
    ],
    ['eight, the last one right', lines({ signature: `${`${OTHER} `.repeat(7)}${V1}` }), BYTES_KEY],
  ])('proves %s', (_name, headers, key) => {
    expect(verdict(headers, { key })).toBe('proven');
  });

  test('says what is covered', () => {
    expect(standardWebhooksScheme.present(received({ headers: lines(), body: BODY }), PROFILE)).toMatchObject(
      {
        kind: 'presented',
        presented: {
          signer: { kind: 'unnamed' },
          createdMs: 1_614_265_330_000,
          covered: ['"webhook-id"', '"webhook-timestamp"', '"content-digest"'],
        },
      },
    );
  });

  test.each([
    ['no signature header', lines().slice(0, 2), 'absent'],
    ['no id', lines().slice(1), 'absent'],
    ['nothing', [], 'absent'],
    ['both spellings', [...lines(), ...lines({}, 'svix-')], 'ambiguous_signature'],
    ['a second id in the other spelling', [...lines(), ['svix-id', 'msg_other']], 'ambiguous_signature'],
    ['spellings mixed', [...lines().slice(0, 2), ['svix-signature', V1]], 'ambiguous_signature'],
    ['two ids', [...lines(), ['Webhook-Id', ID]], 'repeated_header'],
    ['two signature headers', [...lines(), ['webhook-signature', V1]], 'repeated_header'],
    ['an id that holds a full stop', lines({ id: 'msg.1' }), 'malformed_parameter'],
    ['time and body moved into the id', lines({ id: `${ID}.${TIMESTAMP}` }), 'malformed_parameter'],
    ['an empty id', lines({ id: '' }), 'malformed_parameter'],
    ['an id with a space', lines({ id: 'msg 1' }), 'malformed_parameter'],
    ['an id of 129 characters', lines({ id: 'm'.repeat(129) }), 'malformed_parameter'],
    ['an id with a line feed', lines({ id: `${ID}\n` }), 'unclean_header'],
    ['a time with junk', lines({ timestamp: `${TIMESTAMP}s` }), 'malformed_timestamp'],
    ['a decimal time', lines({ timestamp: `${TIMESTAMP}.5` }), 'malformed_timestamp'],
    ['a time in milliseconds', lines({ timestamp: `${TIMESTAMP}000` }), 'malformed_timestamp'],
    ['a negative time', lines({ timestamp: '-1' }), 'malformed_timestamp'],
    ['an empty signature', lines({ signature: '' }), 'malformed_signature'],
    ['an empty v1', lines({ signature: 'v1,' }), 'malformed_signature'],
    ['no version', lines({ signature: V1.slice(3) }), 'malformed_signature'],
    ['two spaces', lines({ signature: `${V1}  ${V1}` }), 'malformed_signature'],
    ['a space at the end', lines({ signature: `${V1} ` }), 'malformed_signature'],
    ['no padding', lines({ signature: V1.slice(0, -1) }), 'malformed_signature'],
    ['base64url', lines({ signature: V1.replace('+', '-') }), 'malformed_signature'],
    ['spare bits set', lines({ signature: V1.replace(/E=$/, 'F=') }), 'malformed_signature'],
    ['a bad one beside a right one', lines({ signature: `${V1} v1,bad=` }), 'malformed_signature'],
    ['versions to come only', lines({ signature: 'v2,AAAA v3,AAAA' }), 'unsupported_algorithm'],
    ['nine, one right', lines({ signature: `${`${OTHER} `.repeat(8)}${V1}` }), 'oversized_signature'],
    ['five v1a', lines({ signature: Array(5).fill(V1A).join(' ') }), 'oversized_signature'],
    ['v1 bytes as v1a', lines({ signature: V1.replace('v1', 'v1a') }), 'malformed_signature'],
    ['another id', lines({ id: 'msg_other' }), 'unproven'],
    ['another time', lines({ timestamp: '1614265331' }), 'unproven'],
    ['another signature', lines({ signature: OTHER }), 'unproven'],
  ] as const)('refuses %s', (_name, headers, reason) => {
    expect(verdict(headers)).toBe(reason);
  });

  test('refuses a comma in merged headers', () => {
    expect(verdict(lines(), { isLossy: true })).toBe('unclean_header');
  });

  test.each([
    ['no base64', 'whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!'],
    ['too few bytes', 'whsec_QUJDREVGR0hJSktM'],
    ['nothing', 'whsec_'],
  ])('proves nothing with a secret of %s after whsec_, and signs nothing', (_name, text) => {
    const key = secret(Buffer.from(text));
    expect(verdict(lines(), { key })).toBe('unproven');
    const request = {
      method: 'POST',
      scheme: 'https',
      authority: 'a.test',
      target: '/',
      headers: [],
      body: Buffer.from(''),
    };
    const context = { key: { id: 'k', ...key }, nowMs: 0, nonce: 'n' };
    expect(() => signStandardWebhook(request, PROFILE, context)).toThrow('whsec_');
  });

  test('never takes a public key for a secret', () => {
    const spki = ED25519.publicKey.export({ format: 'pem', type: 'spki' });
    const forged = secret(Buffer.from(spki));
    const { headers } = signStandardWebhook(
      {
        method: 'POST',
        scheme: 'https',
        authority: 'a.test',
        target: '/',
        headers: [],
        body: Buffer.from(BODY),
      },
      PROFILE,
      { key: { id: 'k', ...forged }, nowMs: 0, nonce: 'n' },
    );
    expect(verdictOf(standardWebhooksScheme, PROFILE, PUBLIC, { headers, body: BODY })).toBe('unproven');
  });
});
