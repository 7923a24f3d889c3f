import { execFileSync } from 'node:child_process';
import {
  createPrivateKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AccessPolicySpec, AccessRule, JwtSpec, PolicyDocument } from '@paymesh/common/policy';

import { type AccessSet, loadAccess } from '../access/index.ts';
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

export const GOOD_HEADER = { alg: 'RS256', kid: 'k1' };
export const GOOD_CLAIMS = { iss: 'https://idp.example', aud: 'payments', sub: 'clerk-1', exp: NOW_S + 60 };

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
    fetchText: async () => JWKS,
  });
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return access;
}

/** A client certificate as Envoy gives it, and its SHA-256. Needs openssl. */
export function certificate(subjectAltName: string): {
  readonly urlEncoded: string;
  readonly thumbprint: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-cert-'));
  try {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    writeFileSync(
      key,
      createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({
        type: 'pkcs8',
        format: 'pem',
      }),
    );
    execFileSync('openssl', [
      ...['req', '-x509', '-new', '-key', key, '-out', cert, '-days', '2', '-subj', '/CN=client'],
      ...['-addext', `subjectAltName=${subjectAltName}`],
    ]);
    const pem = readFileSync(cert, 'utf8');
    return {
      urlEncoded: encodeURIComponent(pem),
      thumbprint: hash('sha256', new X509Certificate(pem).raw, 'base64url'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
