import { MAX_JWKS_BYTES, parseJwks } from '@paymesh/common/jwks';
import {
  type DocumentOf,
  type Finding,
  type JwtSpec,
  type PolicyDocument,
  policyId,
} from '@paymesh/common/policy';

import { createVerifyToken, fixedKeys, type KeysBehind, type VerifyToken } from '../identity/index.ts';
import type { Access, AccessSet } from './access.ts';
import { compileCel } from './compile-cel.ts';
import { createJudge, type Expression } from './judge.ts';

type Document = DocumentOf<'AccessPolicy'>;

export interface AccessSource {
  /** Rejects when there is no such file; `file` is the document that names `path`. */
  readFile(path: string, file: string, maxBytes: number): Promise<string>;
  readonly keysBehind: KeysBehind;
}

export interface LoadedAccess {
  readonly access: AccessSet;
  readonly findings: readonly Finding[];
}

/** Compiles every AccessPolicy: PM6004 for an expression, PM6005 for keys that cannot be used. */
export async function loadAccess(
  documents: readonly PolicyDocument[],
  source: AccessSource,
): Promise<LoadedAccess> {
  const access = new Map<string, Access>();
  const findings: Finding[] = [];
  for (const document of documents) {
    if (document.kind !== 'AccessPolicy') continue;
    const { identity, mode, rules } = document.spec;
    const expressions = compileExpressions(document, findings);
    const verifyToken = identity.jwt && (await loadVerifier(document, identity.jwt, source, findings));
    access.set(policyId(document), {
      policyId: policyId(document),
      mode,
      needsPeer: identity.mtls === 'Required',
      verifyToken,
      judge: createJudge(rules, ({ name }) => expressions.get(name)),
    });
  }
  return { access, findings };
}

function compileExpressions(document: Document, findings: Finding[]): ReadonlyMap<string, Expression> {
  const expressions = new Map<string, Expression>();
  for (const [index, { name, when }] of document.spec.rules.entries()) {
    if (when === undefined) continue;
    const compiled = compileCel(when);
    // Without its expression the rule would hold more often: such a set is refused, and this one says no besides.
    expressions.set(name, compiled.kind === 'compiled' ? compiled.evaluate : () => 'error');
    if (compiled.kind === 'refused') {
      const expected = 'a CEL expression over request, source, peer, principal, key_id, claims and now';
      findings.push(finding(document, `spec.rules[${index}].when`, 'PM6004', expected, compiled.got));
    }
  }
  return expressions;
}

async function loadVerifier(
  document: Document,
  jwt: JwtSpec,
  source: AccessSource,
  findings: Finding[],
): Promise<VerifyToken> {
  const { keys, algorithms } = jwt;
  if (keys.kind === 'url') return createVerifyToken(jwt, source.keysBehind(keys.url, algorithms));
  const text = await source.readFile(keys.path, document.at.file, MAX_JWKS_BYTES).catch(() => undefined);
  const parsed =
    text === undefined
      ? { kind: 'malformed' as const, got: `file ${keys.path} cannot be read` }
      : parseJwks(text, algorithms);
  if (parsed.kind === 'keys') return createVerifyToken(jwt, fixedKeys(parsed.jwks));
  const expected = `a JWKS with public keys for ${algorithms.join(', ')}`;
  findings.push(finding(document, 'spec.identity.jwt.keys', 'PM6005', expected, parsed.got));
  return async () => ({ kind: 'refused', reason: 'identity_unavailable' });
}

function finding(document: Document, path: string, code: string, expected: string, got: string): Finding {
  return {
    code,
    severity: 'error',
    at: document.positions.get(path) ?? document.at,
    subject: `AccessPolicy ${policyId(document)}`,
    path,
    expected,
    got,
  };
}
