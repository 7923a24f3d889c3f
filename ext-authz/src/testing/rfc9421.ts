import { createPublicKey, createSecretKey, type JsonWebKey } from 'node:crypto';

import { headerList, type Message } from '../message/index.ts';
import type { ProfileOf } from '../signature/index.ts';

/** A message as a test writes it down. */
export interface MessageSpec {
  readonly method?: string;
  readonly scheme?: string;
  readonly authority?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string | Uint8Array])[];
  readonly body?: string | Uint8Array;
  readonly isLossy?: boolean;
  /** The proxy handed over only the start of the body. */
  readonly isPartial?: boolean;
}

/** As the proxy would hand it over. */
export function messageOf(spec: MessageSpec): Message {
  return {
    policyId: undefined,
    accessIds: [],
    routeId: '',
    requestId: '',
    attempt: '',
    peer: { address: '', principal: '', certificate: '' },
    method: spec.method ?? 'GET',
    scheme: spec.scheme ?? 'https',
    authority: spec.authority ?? 'example.com',
    target: spec.target ?? '/',
    headers: headerList(
      (spec.headers ?? []).map(([name, value]) => ({
        name: name.toLowerCase(),
        value: typeof value === 'string' ? Buffer.from(value, 'latin1') : value,
      })),
    ),
    isLossy: spec.isLossy ?? false,
    body: spec.isPartial === true ? { kind: 'partial' } : { kind: 'whole', bytes: bodyOf(spec) },
  };
}

export function bodyOf({ body = '' }: MessageSpec): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}

/** A profile that wants nothing but what a test says. */
export function rfc9421Profile(change: Partial<ProfileOf<'rfc9421'>> = {}): ProfileOf<'rfc9421'> {
  return { scheme: 'rfc9421', params: [], isDigestRequired: false, ...change };
}

/** `test-request` of RFC 9421 appendix B.2. */
export const TEST_REQUEST: MessageSpec & { readonly headers: readonly (readonly [string, string])[] } = {
  method: 'POST',
  target: '/foo?param=Value&Pet=dog',
  headers: [
    ['Date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['Content-Type', 'application/json'],
    [
      'Content-Digest',
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    ],
    ['Content-Length', '18'],
  ],
  body: '{"hello": "world"}',
};

const JWKS: Readonly<Record<'rsa' | 'rsa-pss' | 'ecc-p256' | 'ed25519', JsonWebKey>> = {
  rsa: {
    kty: 'RSA',
    e: 'AQAB',
    n: 'hAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrwWEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFqMGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd_QBwVW9OwNFhekro3RtlinV0a75jfZgkne_YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0PuKxI4T-HIaFpv8-rdV6eUgOrB2xeI1dSFFn_nnv5OoZJEIB-VmuKn3DCUcCZSFlQPSXSfBDiUGhwOw76WuSSsf1D4b_vLoJ10w',
  },
  'rsa-pss': {
    kty: 'RSA',
    e: 'AQAB',
    n: 'r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w',
  },
  'ecc-p256': {
    kty: 'EC',
    crv: 'P-256',
    x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
    y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
  },
  ed25519: { kty: 'OKP', crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' },
};

/** Public keys and the secret of RFC 9421 appendix B.1, by key id. */
export const RFC_KEYS = {
  'test-key-rsa': { algorithm: 'rsa-v1_5-sha256', key: publicKey(JWKS.rsa) },
  'test-key-rsa-pss': { algorithm: 'rsa-pss-sha512', key: publicKey(JWKS['rsa-pss']) },
  'test-key-ecc-p256': { algorithm: 'ecdsa-p256-sha256', key: publicKey(JWKS['ecc-p256']) },
  'test-key-ed25519': { algorithm: 'ed25519', key: publicKey(JWKS.ed25519) },
  'test-shared-secret': {
    algorithm: 'hmac-sha256',
    key: createSecretKey(
      Buffer.from(
        'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
        'base64',
      ),
    ),
  },
} as const;

/** JWK of the private part of `test-key-ed25519`, which the appendix prints for all to use. */
export const RFC_ED25519_PRIVATE: JsonWebKey = {
  ...JWKS.ed25519,
  d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU',
};

function publicKey(key: JsonWebKey) {
  return createPublicKey({ key, format: 'jwk' });
}
