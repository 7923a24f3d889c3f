import type { DocumentOf, RetryCondition } from '@paymesh/common/policy';

import { BUILT_IN } from './built-in.ts';
import { builtIn, defaultLeaf, type Leaf, mergeLeaf } from './merge.ts';
import type { Mesh } from './mesh.ts';
import type { Target, Targets } from './targets.ts';

/** Every leaf of timeouts and retries, merged for one target. */
export interface Settings {
  readonly requestMs: Leaf<number>;
  readonly connectMs: Leaf<number>;
  readonly idleMs: Leaf<number>;
  readonly attempts: Leaf<number>;
  readonly retryOn: Leaf<readonly RetryCondition[]>;
  readonly perTryMs: Leaf<number | undefined>;
  readonly backoffBaseMs: Leaf<number>;
  readonly backoffMaxMs: Leaf<number>;
  readonly budgetPercent: Leaf<number>;
  readonly budgetMinConcurrency: Leaf<number>;
}

/** The lowest two levels: built-in, then MeshDefaults.defaults. */
export function defaultSettings({ defaults }: Pick<Mesh, 'defaults'>): Settings {
  const { timeout, retry } = defaults?.spec.defaults ?? BUILT_IN;
  const leaf = <T>(path: string, value: T): Leaf<T> =>
    defaults === undefined ? builtIn(value) : defaultLeaf(defaults, `spec.defaults.${path}`, value);
  return {
    requestMs: leaf('timeout.request', timeout.requestMs),
    connectMs: leaf('timeout.connect', timeout.connectMs),
    idleMs: leaf('timeout.idle', timeout.idleMs),
    attempts: leaf('retry.attempts', retry.attempts),
    retryOn: leaf('retry.retryOn', retry.retryOn),
    perTryMs: builtIn(undefined),
    backoffBaseMs: leaf('retry.backoff.base', retry.backoff.baseMs),
    backoffMaxMs: leaf('retry.backoff.max', retry.backoff.maxMs),
    budgetPercent: leaf('retry.budget.percent', retry.budget.percent),
    budgetMinConcurrency: leaf('retry.budget.minConcurrency', retry.budget.minConcurrency),
  };
}

/** The defaults under the policies of the service, under those of the route. */
export function mergeSettings(defaults: Settings, targets: Targets, target: Target): Settings {
  return {
    ...mergeTimeouts(defaults, targets.timeout(target)),
    ...mergeRetries(defaults, targets.retry(target)),
  };
}

function mergeTimeouts(defaults: Settings, policies: readonly DocumentOf<'TimeoutPolicy'>[]) {
  return {
    requestMs: mergeLeaf(policies, 'spec.request', (spec) => spec.requestMs, defaults.requestMs),
    connectMs: mergeLeaf(policies, 'spec.connect', (spec) => spec.connectMs, defaults.connectMs),
    idleMs: mergeLeaf(policies, 'spec.idle', (spec) => spec.idleMs, defaults.idleMs),
  };
}

function mergeRetries(defaults: Settings, policies: readonly DocumentOf<'RetryPolicy'>[]) {
  return {
    attempts: mergeLeaf(policies, 'spec.attempts', (spec) => spec.attempts, defaults.attempts),
    retryOn: mergeLeaf(policies, 'spec.retryOn', (spec) => spec.retryOn, defaults.retryOn),
    perTryMs: mergeLeaf(policies, 'spec.perTry', (spec) => spec.perTryMs, defaults.perTryMs),
    backoffBaseMs: mergeLeaf(
      policies,
      'spec.backoff.base',
      (spec) => spec.backoff.baseMs,
      defaults.backoffBaseMs,
    ),
    backoffMaxMs: mergeLeaf(
      policies,
      'spec.backoff.max',
      (spec) => spec.backoff.maxMs,
      defaults.backoffMaxMs,
    ),
    budgetPercent: mergeLeaf(
      policies,
      'spec.budget.percent',
      (spec) => spec.budget?.percent,
      defaults.budgetPercent,
    ),
    budgetMinConcurrency: mergeLeaf(
      policies,
      'spec.budget.minConcurrency',
      (spec) => spec.budget?.minConcurrency,
      defaults.budgetMinConcurrency,
    ),
  };
}
