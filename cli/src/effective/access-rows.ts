import { type DocumentOf, policyId } from '@paymesh/common/policy';
import type { AccessIr, RouteIr } from '@paymesh/control-plane';

import type { EffectiveRow } from './row.ts';

type AccessPolicy = DocumentOf<'AccessPolicy'>;

/** Each part of each AccessPolicy of a route with who enforces it, as the compiler has split it. */
export function accessRows(
  { access, provenance }: RouteIr,
  policies: readonly AccessPolicy[],
): EffectiveRow[] {
  if (access === undefined) return [];
  return policies.flatMap((policy) => {
    const from = provenance[`access[${policyId(policy)}]`];
    return from === undefined ? [] : policyRows(access, policy, from);
  });
}

function policyRows(access: AccessIr, policy: AccessPolicy, from: string): EffectiveRow[] {
  const id = policyId(policy);
  const { identity, mode, rules } = policy.spec;
  const judges = judgesOf(access, id, mode === 'Shadow');
  const at = (path: string) => placeOf(policy, path) ?? from;
  const row = (name: string, value: string, denial: string, path: string): EffectiveRow => ({
    setting: `access ${id}: ${name}`,
    value: mode === 'Shadow' ? `${value}, in shadow` : value,
    enforcedBy: judges(denial),
    from: at(path),
  });
  return [
    ...(identity.mtls === 'Required' ? [row('mtls', 'Required', `${id}#mtls`, 'spec.identity.mtls')] : []),
    ...(identity.jwt === undefined
      ? []
      : [row('jwt', identity.jwt.issuer, `${id}#jwt`, 'spec.identity.jwt')]),
    ...rules.map(({ name, action }, index) =>
      // Envoy has no rule of its own for an Allow: it refuses what none of them takes.
      row(name, action, action === 'Deny' ? `${id}/${name}` : id, `spec.rules[${index}]`),
    ),
    row('otherwise', 'Deny', id, 'spec.rules'),
  ];
}

/** Gives who enforces the part that a denial of the proxy stands for. */
function judgesOf(access: AccessIr, id: string, isShadow: boolean): (denial: string) => readonly string[] {
  const denials = isShadow ? access.shadowDenials : access.denials;
  const hasToken = access.tokens.some(({ policy }) => policy === id);
  const isAsked = [...access.checked, ...access.tried].includes(id);
  return (denial) => [
    ...(hasToken && denial === `${id}#jwt` ? ['envoy: jwt_authn'] : []),
    ...(denials.some(({ name }) => name === denial) ? ['envoy: rbac'] : []),
    ...(isAsked ? ['ext-authz'] : []),
  ];
}

function placeOf({ positions }: AccessPolicy, path: string): string | undefined {
  const at = positions.get(path);
  return at === undefined ? undefined : `${at.file}:${at.line}:${at.column}`;
}
