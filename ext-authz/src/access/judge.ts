import type { AccessRule } from '@paymesh/common/policy';

import { type Condition, conditionsOf, type Holds } from './conditions.ts';
import type { PolicyRequest } from './request.ts';

/** What the rules of one policy say of a request. */
export type Ruling =
  | { readonly kind: 'allow'; readonly rule: string }
  | {
      readonly kind: 'deny';
      readonly reason: 'access_denied' | 'access_error';
      /** The rule that decided; undefined when none held. */
      readonly rule: string | undefined;
    };

/** Judges a request by one policy. Pure; never throws but for a bug. */
export type Judge = (request: PolicyRequest) => Ruling;

/** A compiled expression. `error`: it has no value for this request. */
export type Expression = (request: PolicyRequest) => boolean | 'error';

interface CompiledRule {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly when: Expression | undefined;
}

/**
 * The order of rules means nothing. A Deny rule that holds, or may hold, denies; then an expression without a value
 * denies, whichever rule it stands in; then an Allow rule that surely holds allows; then the request is denied.
 */
export function createJudge(
  rules: readonly AccessRule[],
  expressionOf: (rule: AccessRule) => Expression | undefined,
): Judge {
  const compile = (rule: AccessRule): CompiledRule => ({
    name: rule.name,
    conditions: conditionsOf(rule),
    when: expressionOf(rule),
  });
  const denying = rules.filter(({ action }) => action === 'Deny').map(compile);
  const allowing = rules.filter(({ action }) => action === 'Allow').map(compile);
  return (request) => firstDenial(denying, request) ?? firstAllow(allowing, request);
}

function firstDenial(rules: readonly CompiledRule[], request: PolicyRequest): Ruling | undefined {
  for (const rule of rules) {
    const word = hold(rule, request);
    if (word === 'no') continue;
    return { kind: 'deny', reason: word === 'yes' ? 'access_denied' : 'access_error', rule: rule.name };
  }
  return undefined;
}

function firstAllow(rules: readonly CompiledRule[], request: PolicyRequest): Ruling {
  let allowed: string | undefined;
  for (const rule of rules) {
    const word = hold(rule, request);
    if (word === 'error') return { kind: 'deny', reason: 'access_error', rule: rule.name };
    if (word === 'yes') allowed ??= rule.name;
  }
  if (allowed === undefined) return { kind: 'deny', reason: 'access_denied', rule: undefined };
  return { kind: 'allow', rule: allowed };
}

function hold({ conditions, when }: CompiledRule, request: PolicyRequest): Holds | 'error' {
  let isUnclear = false;
  for (const condition of conditions) {
    const word = condition(request);
    if (word === 'no') return 'no';
    if (word === 'unclear') isUnclear = true;
  }
  // Decided already, whatever the expression would say: unclear allows nothing and denies.
  if (isUnclear) return 'unclear';
  if (when === undefined) return 'yes';
  const value = when(request);
  if (value === 'error') return 'error';
  return value ? 'yes' : 'no';
}
