import { parseJwks } from '@paymesh/common/jwks';
import type { DocumentOf, JwtSpec } from '@paymesh/common/policy';

import type { AccessIr, DenialIr, TokenIr } from '../ir/index.ts';
import { any, HAS_PEER, isExact, isForProxy, not, ruleCondition, tokenDefect } from './access-conditions.ts';
import type { Context } from './context.ts';
import { provenance } from './merge.ts';
import { compareText, documentId } from './mesh.ts';

type Document = DocumentOf<'AccessPolicy'>;

/** Who may call a route, and where each policy was typed. */
export interface CompiledAccess {
  readonly access: AccessIr;
  /** `access[pay/x]` to its place. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** What a proxy can do of one policy. */
interface ProxyPart {
  readonly denials: readonly DenialIr[];
  readonly token: TokenIr | undefined;
  /** The proxy decides as the whole policy would: nobody else need be asked. */
  readonly isWhole: boolean;
}

/**
 * Splits the policies of a route. The proxy refuses what it can see to be refused; ext-authz judges each policy whole,
 * once there is one that the proxy cannot, or a signature: so no split can let through what the policies do not.
 * A policy in shadow is counted in one place: by the proxy when that sees all of it.
 */
export function compileAccess(
  context: Context,
  policies: readonly Document[],
  isSigned: boolean,
): CompiledAccess | undefined {
  if (policies.length === 0) return undefined;
  const sorted = policies.toSorted((a, b) => compareText(documentId(a), documentId(b)));
  const enforced = sorted.filter(({ spec }) => spec.mode === 'Enforce').map((one) => proxyPart(context, one));
  const shadow = sorted.filter(({ spec }) => spec.mode === 'Shadow').map((one) => proxyPart(context, one));
  const isChecked = isSigned || enforced.some(({ isWhole }) => !isWhole);
  const tried = idsOf(shadow.filter(({ isWhole }) => !isWhole));
  return {
    access: {
      checked: isChecked ? [...idsOf(enforced), ...tried] : [],
      tried: isChecked ? [] : tried,
      tokens: enforced.flatMap(({ token }) => token ?? []),
      denials: enforced.flatMap(({ denials }) => denials),
      shadowDenials: shadow.filter(({ isWhole }) => isWhole).flatMap(({ denials }) => denials),
    },
    provenance: Object.fromEntries(sorted.map((one) => [`access[${documentId(one)}]`, provenance(one.at)])),
  };
}

function idsOf(parts: readonly (ProxyPart & { readonly id: string })[]): readonly string[] {
  return parts.map(({ id }) => id);
}

function proxyPart(context: Context, document: Document): ProxyPart & { readonly id: string } {
  const id = documentId(document);
  const { identity, rules, mode } = document.spec;
  const { jwt } = identity;
  // Envoy can verify a token or not; it cannot only count that it would refuse it.
  const token = jwt === undefined || mode === 'Shadow' ? undefined : tokenIr(context, document, jwt);
  const seen = rules.filter((rule) => isForProxy(rule, token !== undefined));
  const allowing = rules.filter(({ action }) => action === 'Allow');
  const denying = seen.filter(({ action }) => action === 'Deny');
  const isIdentityWhole = jwt === undefined || (token !== undefined && isWholeToken(jwt));
  return {
    id,
    token,
    isWhole: isIdentityWhole && seen.length === rules.length && rules.every(isExact),
    denials: [
      ...(identity.mtls === 'Required' ? [{ name: `${id}#mtls`, if: not(HAS_PEER) }] : []),
      ...(token === undefined || jwt === undefined ? [] : [{ name: `${id}#jwt`, if: tokenDefect(jwt, id) }]),
      ...denying.map((rule) => ({ name: `${id}/${rule.name}`, if: ruleCondition(rule, id, 'perhaps') })),
      ...(allowing.every((rule) => seen.includes(rule))
        ? [{ name: id, if: not(any(allowing.map((rule) => ruleCondition(rule, id, 'possibly')))) }]
        : []),
    ],
  };
}

/** Envoy knows neither the certificate that a token is bound to, nor how old a token may be. */
function isWholeToken({ cnf, maxAgeMs }: JwtSpec): boolean {
  return cnf === 'None' && maxAgeMs === undefined;
}

const MS_PER_SECOND = 1_000;

/** Undefined when the keys are not in a file; ext-authz then verifies alone. */
function tokenIr({ jwks, report }: Context, document: Document, jwt: JwtSpec): TokenIr | undefined {
  if (jwt.keys.kind !== 'file') return undefined;
  const id = documentId(document);
  const text = jwks.get(id);
  const parsed =
    text === undefined
      ? { kind: 'malformed' as const, got: `file ${jwt.keys.path} cannot be read` }
      : parseJwks(text, jwt.algorithms);
  if (parsed.kind === 'malformed') {
    report({
      code: 'PM6005',
      severity: 'error',
      document,
      path: 'spec.identity.jwt.keys',
      expected: `a JWKS with public keys for ${jwt.algorithms.join(', ')}`,
      got: parsed.got,
    });
    return undefined;
  }
  return {
    policy: id,
    issuer: jwt.issuer,
    audiences: jwt.audiences.toSorted(compareText),
    header: jwt.header,
    isRequired: jwt.required,
    clockSkewSeconds: jwt.clockSkewMs / MS_PER_SECOND,
    jwks: JSON.stringify(parsed.jwks),
  };
}
