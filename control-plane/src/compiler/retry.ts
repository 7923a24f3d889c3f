import type { DocumentOf, RetryCondition } from '@paymesh/common/policy';

import type { RetryIr } from '../ir/index.ts';
import { SAFE_CONDITIONS } from './built-in.ts';
import type { Context } from './context.ts';
import type { Chain } from './failover.ts';
import type { Leaf } from './merge.ts';
import { provenance } from './merge.ts';
import type { Settings } from './settings.ts';

/** What a caller does after a failed try. */
export interface CompiledRetry {
  /** Absent: one try only. */
  readonly retry?: RetryIr;
  readonly provenance: Readonly<Record<string, string>>;
}

export interface RetryInput {
  readonly route: DocumentOf<'Route'> | undefined;
  readonly settings: Settings;
  readonly chain: Chain;
}

/**
 * The retry of a route at its callers. Whatever a policy says, a write without a required idempotency key and a
 * chain of providers retry only what was not sent: everything else has charged twice (envoy-resilience 1, 2).
 */
export function compileRetry(context: Context, { route, settings, chain }: RetryInput): CompiledRetry {
  const attempts = compileAttempts(context, settings.attempts, chain);
  const on = chain.policy === undefined ? allowedConditions(route, settings.retryOn.value) : SAFE_CONDITIONS;
  if (attempts.value === 0 || on.length === 0) {
    return { provenance: { 'retry.attempts': attempts.from, 'retry.on': settings.retryOn.from } };
  }
  const perTry = compilePerTry(settings);
  return {
    retry: {
      attempts: attempts.value,
      on: on.toSorted(),
      ...(perTry.value === undefined ? {} : { perTryMs: perTry.value }),
      backoffBaseMs: settings.backoffBaseMs.value,
      // Envoy refuses a maximum below the base; the two leaves may come from different policies.
      backoffMaxMs: Math.max(settings.backoffBaseMs.value, settings.backoffMaxMs.value),
    },
    provenance: {
      'retry.attempts': attempts.from,
      'retry.on': chain.policy === undefined ? settings.retryOn.from : onlyIfOf(chain.policy),
      ...(perTry.value === undefined ? {} : { 'retry.perTryMs': perTry.from }),
      'retry.backoffBaseMs': settings.backoffBaseMs.from,
      'retry.backoffMaxMs': settings.backoffMaxMs.from,
    },
  };
}

/** True for a route that may change state: any of its matches does, or names no method. */
function isWrite(route: DocumentOf<'Route'> | undefined): boolean {
  return route === undefined || route.spec.match.some(({ method }) => !READ_METHODS.has(method ?? ''));
}

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function allowedConditions(
  route: DocumentOf<'Route'> | undefined,
  asked: readonly RetryCondition[],
): readonly RetryCondition[] {
  const isRepeatable = !isWrite(route) || route?.spec.idempotency?.required === true;
  return [...new Set(asked)].filter((condition) => isRepeatable || SAFE_CONDITIONS.includes(condition));
}

/**
 * A try for each further provider at least, and never more than the override. The first provider has a second
 * try where another of its instances could take it: one dead instance is no reason to pay elsewhere.
 */
function compileAttempts({ mesh, attemptsMax }: Context, asked: Leaf<number>, chain: Chain): Leaf<number> {
  const [first, ...others] = chain.clusters;
  const hasSibling = (mesh.services.get(first)?.instances.length ?? 0) > 1;
  const needed = others.length + (hasSibling ? 1 : 0);
  const wanted =
    chain.policy !== undefined && asked.value < needed
      ? { value: needed, from: orderOf(chain.policy) }
      : asked;
  return wanted.value > attemptsMax.value ? attemptsMax : wanted;
}

/** A try cannot outlast the request. */
function compilePerTry({ perTryMs, requestMs }: Settings): Leaf<number | undefined> {
  return perTryMs.value !== undefined && perTryMs.value > requestMs.value ? requestMs : perTryMs;
}

function orderOf(policy: DocumentOf<'FailoverPolicy'>): string {
  return provenance(policy.positions.get('spec.order') ?? policy.at);
}

function onlyIfOf(policy: DocumentOf<'FailoverPolicy'>): string {
  return provenance(policy.positions.get('spec.onlyIf') ?? policy.at);
}
