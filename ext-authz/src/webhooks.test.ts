import { createSecretKey } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import type { KeyRing, SigningKey } from './keys/index.ts';
import type { Verification } from './rules/index.ts';
import type { Profile, SignProfile } from './signature/index.ts';
import { signAny } from './signature/index.ts';
import { arrivalOf } from './signature/testing/received.ts';
import { NOW_MS, type RawCheck, rule, ruleSet } from './testing/fixtures.ts';
import { outcome, start } from './testing/start.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_plJ3nmyCDGBKInavdOK15jsl3xW6RnQp';
const ITEM = {
  pspReference: 'P1',
  eventCode: 'CAPTURE',
  success: 'true',
  amount: { value: 1, currency: 'EUR' },
};
const NOTIFICATION = JSON.stringify({ notificationItems: [{ NotificationRequestItem: ITEM }] });

interface Scheme {
  readonly name: string;
  readonly profile: Profile & SignProfile;
  readonly isTimeless: boolean;
  /** What a policy may ask to be covered; empty: nothing. */
  readonly covers: readonly string[];
}

const SCHEMES: readonly Scheme[] = [
  { name: 'stripe', profile: { scheme: 'stripe' }, isTimeless: false, covers: ['"content-digest"'] },
  {
    name: 'standard-webhooks',
    profile: { scheme: 'standard-webhooks' },
    isTimeless: false,
    covers: ['"webhook-id"', '"content-digest"'],
  },
  { name: 'adyen payment', profile: { scheme: 'adyen', message: 'payment' }, isTimeless: true, covers: [] },
  {
    name: 'adyen platform',
    profile: { scheme: 'adyen', message: 'platform' },
    isTimeless: true,
    covers: ['"content-digest"'],
  },
  {
    name: 'sigv4',
    profile: { scheme: 'sigv4', region: 'eu-west-1', service: 'pay' },
    isTimeless: false,
    covers: ['"@method"', '"@authority"', '"@path"', '"content-digest"', '"x-amz-date"'],
  },
];

function key(id: string, secret: string, change: Partial<SigningKey> = {}): SigningKey {
  return {
    id,
    owner: `owner-of-${id}`,
    algorithm: 'hmac-sha256',
    key: createSecretKey(Buffer.from(secret)),
    nonceScope: `scope-of-${secret}`,
    notBeforeMs: undefined,
    notAfterMs: undefined,
    isRevoked: false,
    ...change,
  };
}

function service(
  { profile, isTimeless }: Scheme,
  keys: readonly SigningKey[],
  change: Partial<Verification> = {},
) {
  const ring: KeyRing = new Map(keys.map((each) => [each.id, each]));
  const windowMs = isTimeless ? undefined : 300_000;
  const nonce = { use: 'derived', minLength: 16 } as const;
  const verify = {
    profile,
    keys: ring,
    cover: [],
    windowMs,
    skewMs: 30_000,
    nonce,
    accounts: 'owner',
  } as const;
  return start(ruleSet({ ...rule(), verify: { ...verify, ...change } }));
}

/** A request signed with a secret, as Envoy would send it. */
function check({ profile }: Scheme, secret: string = SECRET, nowMs = NOW_MS): RawCheck {
  const request = {
    method: 'POST',
    scheme: 'https',
    authority: 'hooks.test',
    target: '/hook',
    headers: [],
    body: Buffer.from(NOTIFICATION),
  };
  const signing = { id: 'one', algorithm: 'hmac-sha256', key: createSecretKey(Buffer.from(secret)) } as const;
  const context = { key: signing, nowMs, nonce: 'nonce-0123456789' };
  const { headers = [], body = '' } = arrivalOf(request, signAny(request, profile, context));
  const rawBody = Buffer.from(body);
  return {
    method: 'POST',
    path: '/hook',
    host: request.authority,
    headers: [
      [':method', 'POST'],
      [':path', '/hook'],
      [':authority', request.authority],
      ['content-length', String(rawBody.length)],
      ...headers.map(([name, value]) => [name.toLowerCase(), value] as const),
    ],
    rawBody,
    size: BigInt(rawBody.length),
    body: '',
    contextExtensions: { policy: 'pay/merchant-signature' },
    isMerged: false,
  };
}

describe.each(SCHEMES)('$name through the service', (scheme) => {
  const reasonOf = async (authz: ReturnType<typeof service>, request: RawCheck) =>
    outcome(await authz.check(request)).reason;

  test('passes once', async () => {
    const authz = service(scheme, [key('one', SECRET)]);
    expect(await reasonOf(authz, check(scheme))).toBe('ok');
    expect(await reasonOf(authz, check(scheme))).toBe('replayed_nonce');
  });

  test('passes with what it covers asked for, and is denied with more', async () => {
    const { covers } = scheme;
    expect(await reasonOf(service(scheme, [key('one', SECRET)], { cover: covers }), check(scheme))).toBe(
      'ok',
    );
    const more = service(scheme, [key('one', SECRET)], { cover: [...covers, '"x-amount"'] });
    expect(await reasonOf(more, check(scheme))).toBe('insufficient_coverage');
  });

  test('is denied under another secret, and under a revoked one', async () => {
    expect(await reasonOf(service(scheme, [key('one', OTHER)]), check(scheme))).toBe('bad_signature');
    const revoked = service(scheme, [key('one', SECRET, { isRevoked: true })]);
    expect(await reasonOf(revoked, check(scheme))).toBe('revoked_key');
  });

  test('is missing where nothing of it is there', async () => {
    const right = check(scheme);
    const rawBody = Buffer.from(NOTIFICATION);
    const headers = right.headers
      .filter(([name]) => /^(?::|content-length)/.test(name))
      .map(([name, value]) => [name, name === 'content-length' ? String(rawBody.length) : value] as const);
    const authz = service(scheme, [key('one', SECRET)]);
    const bare = { ...right, headers, rawBody, size: BigInt(rawBody.length) };
    expect(await reasonOf(authz, bare)).toBe('missing_signature');
  });

  if (!scheme.isTimeless) {
    test.each([
      ['too old', -301_000, 'stale_timestamp'],
      ['as old as the window', -300_000, 'ok'],
      ['too new', 31_000, 'future_timestamp'],
    ])('of a time that is %s', async (_name, offsetMs, reason) => {
      const authz = service(scheme, [key('one', SECRET)]);
      expect(await reasonOf(authz, check(scheme, SECRET, NOW_MS + offsetMs))).toBe(reason);
    });
  }
});

describe.each(SCHEMES.filter(({ profile }) => profile.scheme !== 'sigv4'))('$name names no key', (scheme) => {
  test('and is that of the key which signed', async () => {
    const authz = service(scheme, [key('old', OTHER), key('new', SECRET)]);
    for (const [secret, id] of [
      [SECRET, 'new'],
      [OTHER, 'old'],
    ] as const) {
      const { dynamicMetadata } = await authz.check(check(scheme, secret));
      expect(dynamicMetadata).toMatchObject({ reason: 'ok', key_id: id });
    }
  });

  test('and tries no more than eight', async () => {
    const others = Array.from({ length: 8 }, (_, at) => key(`k-${at}`, `${OTHER}${at}`));
    const authz = service(scheme, [...others, key('ninth', SECRET)]);
    expect(outcome(await authz.check(check(scheme))).reason).toBe('bad_signature');
  });
});
