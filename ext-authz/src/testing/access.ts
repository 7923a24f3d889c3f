import { generateKeyPairSync, hash, type KeyObject, sign, X509Certificate } from 'node:crypto';

import type { AccessPolicySpec, AccessRule, JwtSpec, PolicyDocument } from '@paymesh/common/policy';

import { type AccessSet, loadAccess } from '../access/index.ts';
import { createKeysBehind } from '../identity/index.ts';
import { NOW_S } from './fixtures.ts';

/** A rule that allows everything, with changes. */
export function accessRule(change: Partial<AccessRule> = {}): AccessRule {
  return {
    name: 'all',
    action: 'Allow',
    methods: [],
    paths: [],
    sources: [],
    peers: [],
    principals: [],
    claims: [],
    headers: [],
    ...change,
  };
}

/** An AccessPolicy as a document. */
export function accessDocument(id: string, spec: Partial<AccessPolicySpec>): PolicyDocument {
  const [namespace = '', name = ''] = id.split('/');
  return {
    kind: 'AccessPolicy',
    metadata: { namespace, name, labels: {}, annotations: {} },
    at: { file: 'access.yaml', line: 1, column: 1 },
    positions: new Map(),
    spec: {
      targetRefs: [{ kind: 'Route', namespace: 'pay', name: 'charge' }],
      mode: 'Enforce',
      priority: 0,
      identity: { mtls: 'Optional' },
      rules: [accessRule()],
      ...spec,
    },
  };
}

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** Keys of the issuer, and of somebody else. */
export const ISSUER = { key: pair.privateKey, publicKey: pair.publicKey, stranger: other.privateKey };

/** What the issuer publishes. */
export const JWKS = JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1' }] });

/** A policy's word on tokens, with changes. */
export function jwtSpec(change: Partial<JwtSpec> = {}): JwtSpec {
  return {
    issuer: 'https://idp.example',
    audiences: ['payments'],
    algorithms: ['RS256'],
    keys: { kind: 'file', path: 'idp.jwks' },
    header: 'authorization',
    required: true,
    cnf: 'None',
    clockSkewMs: 30_000,
    ...change,
  };
}

const GOOD_HEADER = { alg: 'RS256', kid: 'k1' };
const GOOD_CLAIMS = { iss: 'https://idp.example', aud: 'payments', sub: 'clerk-1', exp: NOW_S + 60 };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of these parts; members that are undefined are left out. */
export function token(
  claims: object = {},
  header: object = {},
  key: KeyObject | ((input: Buffer) => Buffer) = ISSUER.key,
): string {
  const input = `${part({ ...GOOD_HEADER, ...header })}.${part({ ...GOOD_CLAIMS, ...claims })}`;
  const bytes = Buffer.from(input);
  const signature = typeof key === 'function' ? key(bytes) : sign('sha256', bytes, key);
  return `${input}.${signature.toString('base64url')}`;
}

/** Compiled policies; throws with the findings when there are some. */
export async function accessSet(...documents: readonly PolicyDocument[]): Promise<AccessSet> {
  const { access, findings } = await loadAccess(documents, {
    readFile: async () => JWKS,
    keysBehind: createKeysBehind(async () => JWKS),
  });
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return access;
}

/** A client certificate as Envoy gives it, and its SHA-256. */
export interface ClientCertificate {
  readonly urlEncoded: string;
  readonly thumbprint: string;
}

function certificate(pem: string): ClientCertificate {
  return {
    urlEncoded: encodeURIComponent(pem),
    thumbprint: hash('sha256', new X509Certificate(pem).raw, 'base64url'),
  };
}

/** With the names spiffe://mesh/ns/pay/sa/checkout and checkout.pay; nobody has its key. */
export const CALLER: ClientCertificate = certificate(`-----BEGIN CERTIFICATE-----
MIIByzCCAXKgAwIBAgIUPCm0do4Ps0sUDedbh7DtqnQ96hcwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGY2FsbGVyMCAXDTI2MTEyNjE2MTY1M1oYDzIxMjYxMTAyMTYx
NjUzWjARMQ8wDQYDVQQDDAZjYWxsZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARh3dYcEC4pyOQ/E7O8uuD3/xc1ps8SoBICYxvfcmJpiKa6P8gPwqKak0Dm4R8+
rXS4JZSrSHus9nlMtnOsSO7Xo4GlMIGiMB0GA1UdDgQWBBSRqdEGUzyLXewIC36A
Ey4W6MdmrTAfBgNVHSMEGDAWgBSRqdEGUzyLXewIC36AEy4W6MdmrTAPBgNVHRMB
Af8EBTADAQH/ME8GA1UdEQRIMEaGIHNwaWZmZTovL21lc2gvbnMvcGF5L3NhL2No
ZWNrb3V0ggxjaGVja291dC5wYXmHBAoAAAGBDnhAY2hlY2tvdXQucGF5MAoGCCqG
SM49BAMCA0cAMEQCIF0biVm77/v700QH6TObeJvfDUe7xVgOsO+LLQhfhKlZAiBa
M906VwYp2blI7M0lDYngYU6hz+DJ2XqdgPLXO6TAEw==
-----END CERTIFICATE-----
`);

/** Of spiffe://mesh/ns/pay/sa/thief. */
export const THIEF: ClientCertificate = certificate(`-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUY75BEgfqXXjJ3DYbpHzQg2biO9YwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFdGhpZWYwIBcNMjYxMTI2MTYxNjUzWhgPMjEyNjExMDIxNjE2
NTNaMBAxDjAMBgNVBAMMBXRoaWVmMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
BYy6QuigsazxMju0Gobv17+sjkkIHrGSRBAhJkFlELrSFeDWevNROkh+L77HPRqY
PdqAwOb/Wx5GTrOdql4NcqN9MHswHQYDVR0OBBYEFLwevyg+b/upaDaPhRBtOxQK
N3p9MB8GA1UdIwQYMBaAFLwevyg+b/upaDaPhRBtOxQKN3p9MA8GA1UdEwEB/wQF
MAMBAf8wKAYDVR0RBCEwH4Ydc3BpZmZlOi8vbWVzaC9ucy9wYXkvc2EvdGhpZWYw
CgYIKoZIzj0EAwIDRwAwRAIgEv18c6GMUxC5+NACxSAYh496OnZdUDbcxQhHeEVm
qXcCICu4ifXJ98b3aPNJj6Epb7iKIB1ZLtVy5fZRTQd9be9t
-----END CERTIFICATE-----
`);
