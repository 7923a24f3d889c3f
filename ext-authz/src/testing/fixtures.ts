import { createSecretKey } from 'node:crypto';

import { create, toBinary } from '@bufbuild/protobuf';
import { type CheckRequest, CheckRequestSchema } from '@paymesh/common/envoy-auth';

import type { KeyRing, SigningKey } from '../keys/index.ts';
import type { Rule, RuleSet } from '../rules/index.ts';
import { signRequest } from '../signature/hmac/index.ts';

/** The moment at which the fixtures are signed, in Unix seconds. */
export const NOW_S = 1_767_225_600;
export const NOW_MS = NOW_S * 1_000;
export const POLICY = 'pay/merchant-signature';
export const SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
export const OTHER_SECRET = Buffer.from('fedcba9876543210fedcba9876543210');
export const KEY_ID = 'merchant-a-2026';

function signingKey(change: Partial<Omit<SigningKey, 'key'>> & { secret?: Buffer } = {}): SigningKey {
  const { secret = SECRET, ...rest } = change;
  return {
    id: KEY_ID,
    owner: 'merchant-a',
    notBeforeMs: undefined,
    notAfterMs: undefined,
    isRevoked: false,
    ...rest,
    algorithm: 'hmac-sha256',
    key: createSecretKey(secret),
    nonceScope: `scope-of-${secret.toString('latin1')}`,
  };
}

function keyRing(...keys: readonly SigningKey[]): KeyRing {
  return new Map(keys.map((key) => [key.id, key]));
}

/** Key a is good; the rest are each unusable in their own way. */
const KEYS = keyRing(
  signingKey(),
  signingKey({ id: 'merchant-a-2025', secret: OTHER_SECRET }),
  signingKey({ id: 'revoked', isRevoked: true }),
  signingKey({ id: 'expired', notAfterMs: NOW_MS - 1 }),
  signingKey({ id: 'future', notBeforeMs: NOW_MS + 1 }),
);

type RuleChange = Partial<Omit<Rule, 'verify'>> & {
  readonly keys?: KeyRing;
  readonly signedHeaders?: readonly string[];
};

export function rule({ keys = KEYS, signedHeaders = [], ...change }: RuleChange = {}): Rule {
  const headers = { keyId: 'x-key-id', timestamp: 'x-timestamp', nonce: 'x-nonce', signature: 'x-signature' };
  return {
    policyId: POLICY,
    mode: 'Enforce',
    verify: {
      profile: { scheme: 'hmac', headers, signedHeaders },
      keys,
      cover: [],
      windowMs: 300_000,
      skewMs: 30_000,
      nonce: { use: 'required', minLength: 16 },
      accounts: 'owner',
    },
    rememberMs: 360_000,
    nonceStore: 'embedded',
    onStoreDown: 'Deny',
    maxBodyBytes: 65_536,
    refusal: { kind: 'problem' },
    ...change,
  };
}

export function ruleSet(...rules: readonly Rule[]): RuleSet {
  return new Map((rules.length === 0 ? [rule()] : rules).map((each) => [each.policyId, each]));
}

let nonces = 0;

/** A nonce that no other call gets. */
export function freshNonce(): string {
  nonces += 1;
  return `nonce-${process.pid}-${String(nonces).padStart(16, '0')}`;
}

/** A check as a tester wants it; `sign*` is what was signed, the rest what is sent. */
export interface CheckSpec {
  readonly method?: string;
  readonly path?: string;
  readonly body?: Uint8Array | string;
  readonly keyId?: string;
  readonly secret?: Uint8Array;
  readonly timestamp?: number | string;
  readonly nonce?: string;
  readonly covered?: readonly (readonly [string, string])[];
  readonly policy?: string | undefined;
}

export type Lines = readonly (readonly [name: string, value: string | Uint8Array])[];

/** What Envoy sends of a request, before a test bends it. */
export interface RawCheck {
  method: string;
  path: string;
  /** Authority. Default empty. */
  host?: string;
  /** Default empty. */
  scheme?: string;
  headers: (readonly [name: string, value: string | Uint8Array])[];
  rawBody: Uint8Array;
  size: bigint;
  body: string;
  contextExtensions: Record<string, string>;
  /** As with encode_raw_headers off. */
  isMerged: boolean;
  /** Default: a connection without a certificate. */
  peer?: { readonly principal: string; readonly certificate: string };
}

/** A rightly signed request as Envoy would send it. */
export function signedCheck(spec: CheckSpec = {}): RawCheck {
  const { method = 'POST', path = '/v1/payments?currency=CNY', body = '{"amount":100}' } = spec;
  const rawBody = typeof body === 'string' ? Buffer.from(body) : body;
  const signed = signRequest({
    method,
    target: path,
    body: rawBody,
    keyId: spec.keyId ?? KEY_ID,
    secret: spec.secret ?? SECRET,
    timestamp: spec.timestamp ?? NOW_S,
    nonce: spec.nonce ?? freshNonce(),
    extraHeaders: spec.covered ?? [],
  });
  const length = rawBody.byteLength;
  return {
    method,
    path,
    headers: [
      [':method', method],
      [':path', path],
      ['x-request-id', 'req-1'],
      ...(length > 0 ? ([['content-length', String(length)]] as const) : []),
      ...(length > 0 ? ([['x-envoy-auth-partial-body', 'false']] as const) : []),
      ...Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value] as const),
    ],
    rawBody,
    size: BigInt(length),
    body: '',
    contextExtensions:
      spec.policy === undefined ? { policy: POLICY, route: 'pay/charge' } : { policy: spec.policy },
    isMerged: false,
  };
}

/** Replaces the value of a header everywhere it stands. */
export function withHeader(check: RawCheck, name: string, value: string | Uint8Array): RawCheck {
  const headers = check.headers.map((line) => (line[0] === name ? ([name, value] as const) : line));
  return { ...check, headers };
}

export function withoutHeader(check: RawCheck, name: string): RawCheck {
  return { ...check, headers: check.headers.filter((line) => line[0] !== name) };
}

export function addHeader(check: RawCheck, name: string, value: string | Uint8Array): RawCheck {
  return { ...check, headers: [...check.headers, [name, value]] };
}

export function headerOf(check: RawCheck, name: string): string {
  return String(check.headers.find((line) => line[0] === name)?.[1]);
}

/** The same in the bytes that Envoy sends. */
export function checkBytes(check: RawCheck): Buffer {
  return Buffer.from(toBinary(CheckRequestSchema, toCheckRequest(check)));
}

export function toCheckRequest(check: RawCheck): CheckRequest {
  const { method, path, host = '', scheme = '', rawBody, size, body, headers } = check;
  const raw = { headers: headers.map(([key, value]) => ({ key, rawValue: Buffer.from(value) })) };
  const merged: Record<string, string> = {};
  for (const [name, value] of headers) {
    const before = merged[name];
    const text = Buffer.from(value)
      .toString('latin1')
      .replaceAll(/[\x80-\xff]/g, '!');
    merged[name] = before === undefined ? text : `${before},${text}`;
  }
  return create(CheckRequestSchema, {
    attributes: {
      contextExtensions: check.contextExtensions,
      ...(check.peer === undefined ? {} : { source: check.peer }),
      request: {
        http: {
          method,
          path,
          host,
          scheme,
          rawBody,
          size,
          body,
          ...(check.isMerged ? { headers: merged } : { headerMap: raw }),
        },
      },
    },
  });
}
