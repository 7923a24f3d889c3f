import {
  ACCESS_FORMS,
  ACCESS_TOKEN_TYPES,
  type AccessRule,
  BEARER,
  type ClaimMatch,
  type HeaderMatch,
  type JwtSpec,
  type PathMatch,
  templateRegex,
} from '@paymesh/common/policy';

import type { ConditionIr, TextIr } from '../ir/index.ts';

/**
 * How a proxy errs where it cannot tell. `possibly`: whatever an Allow rule takes is among it. `perhaps`: only what
 * a Deny rule takes is, and what is unclear besides. Both are exact for rules that are.
 */
export type Certainty = 'possibly' | 'perhaps';

/** Longest template, in characters: Envoy refuses a regular expression whose program has more than 100 steps. */
const MAX_TEMPLATE = 80;

/** True when a proxy sees all that the rule rests on. It reads claims only of tokens that it verifies. */
export function isForProxy({ when, principals, claims, paths }: AccessRule, hasToken: boolean): boolean {
  const isSmall = paths.every(({ kind, value }) => kind !== 'template' || value.length <= MAX_TEMPLATE);
  return when === undefined && principals.length === 0 && (claims.length === 0 || hasToken) && isSmall;
}

/** True when the proxy not only sees all of the rule but knows of every request whether it holds. */
export function isExact({ headers }: AccessRule): boolean {
  return headers.every(({ kind }) => kind === 'present');
}

/** The table of a rule as a proxy can see it. */
export function ruleCondition(rule: AccessRule, policy: string, certainty: Certainty): ConditionIr {
  return all([
    ...some(rule.methods, (value) => ({ kind: 'method', value })),
    ...(rule.paths.length === 0 ? [] : [pathCondition(rule.paths, certainty)]),
    ...some(rule.sources, ({ address, prefix }) => ({ kind: 'source', address, prefix })),
    ...some(rule.peers, (is) => ({ kind: 'peer', is })),
    ...rule.claims.map((claim) => claimCondition(claim, policy)),
    ...rule.headers.map((header) => headerCondition(header, certainty)),
  ]);
}

/** The caller has proven a certificate with a name; any of its URI and DNS names counts (seen with 1.40). */
export const HAS_PEER: ConditionIr = { kind: 'peer', is: regex('.+') };

/** What a verified token must not be, and what Envoy takes for one and ext-authz does not. */
export function tokenDefect({ header }: JwtSpec, policy: string): ConditionIr {
  const member = (part: 'header' | 'claims', name: string, is?: TextIr): ConditionIr => ({
    kind: 'token',
    policy,
    part,
    path: [name],
    ...(is === undefined ? {} : { is }),
  });
  const types = ACCESS_TOKEN_TYPES.map((value) =>
    member('header', 'typ', { kind: 'exact', value, ignoreCase: true }),
  );
  return any([
    misplaced(header),
    member('header', 'crit'),
    all([member('header', 'typ'), not(any(types))]),
    all([member('claims', 'sub'), not(member('claims', 'sub', regex(ACCESS_FORMS.subject)))]),
  ]);
}

/** Envoy looks for the token anywhere in the lines joined by commas. */
function misplaced(name: string): ConditionIr {
  if (name !== 'authorization') return { kind: 'header', name, isNot: regex(ACCESS_FORMS.token) };
  return all([
    { kind: 'header', name, is: { kind: 'contains', value: BEARER.toLowerCase(), ignoreCase: true } },
    { kind: 'header', name, isNot: regex(BEARER + ACCESS_FORMS.token) },
  ]);
}

function pathCondition(paths: readonly PathMatch[], certainty: Certainty): ConditionIr {
  const path = (is: TextIr): ConditionIr => ({ kind: 'path', is });
  const matches = paths.flatMap(pathTexts).map(path);
  const ambiguous = path(regex(ACCESS_FORMS.ambiguousPath));
  return certainty === 'possibly' ? all([any(matches), not(ambiguous)]) : any([...matches, ambiguous]);
}

function pathTexts({ kind, value }: PathMatch): readonly TextIr[] {
  switch (kind) {
    case 'exact':
      return [{ kind: 'exact', value }];
    case 'prefix':
      // As routes have it: `/v1/pay` does not take `/v1/payroll`.
      return value.endsWith('/')
        ? [{ kind: 'prefix', value }]
        : [
            { kind: 'exact', value },
            { kind: 'prefix', value: `${value}/` },
          ];
    case 'template':
      return [regex(templateRegex(value))];
  }
}

function claimCondition({ path, values }: ClaimMatch, policy: string): ConditionIr {
  return any(
    values.map((value) => ({ kind: 'token', policy, part: 'claims', path, is: { kind: 'exact', value } })),
  );
}

/**
 * Envoy 1.40 holds each line against a rule by itself and takes one that fits, so it cannot tell that all do: it
 * refuses what surely must be, and ext-authz judges the rest (isExact).
 */
function headerCondition(match: HeaderMatch, certainty: Certainty): ConditionIr {
  const { name } = match;
  if (match.kind === 'present') return { kind: 'header', name };
  const is: ConditionIr = { kind: 'header', name, is: { kind: match.kind, value: match.value } };
  if (certainty === 'possibly') return is;
  return any([is, { kind: 'header', name, isNot: regex(ACCESS_FORMS.clearHeader) }]);
}

function some<T>(values: readonly T[], make: (value: T) => ConditionIr): readonly ConditionIr[] {
  return values.length === 0 ? [] : [any(values.map(make))];
}

function regex(value: string): TextIr {
  return { kind: 'regex', value };
}

/** All of them; of one, that one. */
function all(of: readonly ConditionIr[]): ConditionIr {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind: 'all', of };
}

/** Any of them; of one, that one. */
export function any(of: readonly ConditionIr[]): ConditionIr {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind: 'any', of };
}

/** The opposite. */
export function not(of: ConditionIr): ConditionIr {
  return { kind: 'not', of };
}
