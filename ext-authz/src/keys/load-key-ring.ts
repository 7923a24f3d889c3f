import { createHmac, createSecretKey } from 'node:crypto';

import type { DocumentOf, Finding, KeySpec } from '@paymesh/common/policy';
import type { Secret } from '@paymesh/common/secret';

import type { KeyRing, SigningKey } from './key-ring.ts';
import { MAX_SECRET_BYTES, MIN_SECRET_BYTES, parseSecret } from './parse-secret.ts';

/** Where the text of secrets comes from; rejects or gives undefined when there is none. */
export interface SecretSource {
  /** `file` is the document that names `path`. Of a file above `maxBytes` (default 4 096) the text is empty. */
  readFile(path: string, file: string, maxBytes?: number): Promise<string>;
  readVariable(name: string): string | undefined;
}

export interface LoadedKeyRing {
  readonly ring: KeyRing;
  readonly findings: readonly Finding[];
}

type Document = DocumentOf<'KeySet'>;

/**
 * Loads every key of a KeySet and reports all that cannot be used: PM6001 for a secret that cannot be
 * had, PM6002 for one that two keys share. No finding repeats a secret.
 */
export async function loadKeyRing(document: Document, source: SecretSource): Promise<LoadedKeyRing> {
  const ring = new Map<string, SigningKey>();
  const findings: Finding[] = [];
  const idOfScope = new Map<string, string>();
  for (const [index, spec] of document.spec.keys.entries()) {
    const report = (code: string, expected: string, got: string) =>
      findings.push(finding(document, index, { code, expected, got }));
    const text = await readText(spec, document, source);
    const parsed =
      text.kind === 'text' ? parseSecret(text.text) : { kind: 'malformed' as const, got: text.got };
    if (parsed.kind === 'malformed') {
      report('PM6001', `base64 text of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes`, parsed.got);
      continue;
    }
    const scope = nonceScope(parsed.secret);
    const twin = idOfScope.get(scope);
    if (twin !== undefined) {
      // Which of two ids signed would be the client's word, and so whose principal the request has.
      report('PM6002', 'a secret of its own for every key', `the secret of key "${twin}"`);
      continue;
    }
    idOfScope.set(scope, spec.id);
    ring.set(spec.id, signingKey(spec, parsed.secret, scope));
  }
  return { ring, findings };
}

type SecretText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none'; readonly got: string };

async function readText({ secret }: KeySpec, document: Document, source: SecretSource): Promise<SecretText> {
  if (secret.kind === 'env') {
    const text = source.readVariable(secret.name);
    if (text === undefined) return { kind: 'none', got: `environment variable ${secret.name} is not set` };
    return { kind: 'text', text };
  }
  try {
    return { kind: 'text', text: await source.readFile(secret.path, document.at.file) };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : 'no code';
    return { kind: 'none', got: `file ${secret.path} cannot be read (${String(code)})` };
  }
}

function signingKey(spec: KeySpec, secret: Secret, scope: string): SigningKey {
  return {
    id: spec.id,
    owner: spec.owner,
    algorithm: 'hmac-sha256',
    key: createSecretKey(secret.reveal()),
    nonceScope: scope,
    notBeforeMs: spec.notBeforeMs,
    notAfterMs: spec.notAfterMs,
    isRevoked: spec.revoked,
  };
}

/**
 * No id: what a secret signed is good wherever that secret is, under whatever name of a key, set or policy.
 * A MAC, so that secrets which sign alike have one scope: HMAC pads short keys with zeros and hashes long ones.
 */
function nonceScope(secret: Secret): string {
  return createHmac('sha256', secret.reveal()).update('paymesh nonce scope').digest('base64url');
}

function finding(
  document: Document,
  index: number,
  what: Pick<Finding, 'code' | 'expected' | 'got'>,
): Finding {
  const key = `spec.keys[${index}]`;
  const path = `${key}.secret`;
  const { namespace, name } = document.metadata;
  return {
    ...what,
    severity: 'error',
    at: document.positions.get(path) ?? document.positions.get(key) ?? document.at,
    subject: `KeySet ${namespace}/${name}`,
    path,
  };
}
