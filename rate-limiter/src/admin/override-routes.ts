import type { GuardedHandler } from '@paymesh/common/admin';
import type { Logger } from '@paymesh/common/log';
import type { RuleSet } from '../match/index.ts';
import type { OverrideStore } from '../override-store/index.ts';
import { type OverrideTarget, parseOverride, parseTarget } from '../overrides/index.ts';
import { rulePathsOf } from '../rule-paths.ts';
import { wrong } from './answers.ts';

export interface OverrideRoutesOptions {
  readonly store: OverrideStore;
  readonly rules: () => RuleSet | undefined;
  readonly log: Logger;
}

/** `GET /overrides`, `PUT /overrides {domain, label, entries, requests, untilMs?}` and `DELETE /overrides {domain, label, entries}`. */
export function overrideRoutes(options: OverrideRoutesOptions): Readonly<Record<string, GuardedHandler>> {
  const { store, rules, log } = options;
  return {
    'GET /overrides': ({ query }) => {
      const domain = query.get('domain');
      const overrides = store.current().all.filter((one) => domain === null || one.domain === domain);
      return { body: { overrides } };
    },
    'PUT /overrides': orUnavailable(async ({ json }) => {
      const parsed = parseOverride(json);
      if (parsed.kind === 'error') return wrong(parsed.message);
      const problem = problemOf(rules(), parsed.value);
      if (problem !== undefined) return wrong(problem);
      await store.put(parsed.value);
      log.info({ override: parsed.value }, 'a limit is overridden');
      return { body: { override: parsed.value } };
    }),
    'DELETE /overrides': orUnavailable(async ({ json }) => {
      const parsed = parseTarget(json);
      if (parsed.kind === 'error') return wrong(parsed.message);
      if (!(await store.remove(parsed.value))) return { status: 404, body: { error: 'no such override' } };
      log.info({ target: parsed.value }, 'an override is removed');
      return { body: { removed: true } };
    }),
  };
}

/** A change that could not be kept is no fault of the caller. */
function orUnavailable(handler: GuardedHandler): GuardedHandler {
  return async (call) => {
    try {
      return await handler(call);
    } catch (error) {
      return { status: 503, body: { error: error instanceof Error ? error.message : String(error) } };
    }
  };
}

/** An override that can never apply is a mistake. */
function problemOf(
  rules: RuleSet | undefined,
  { domain, label, entries }: OverrideTarget,
): string | undefined {
  const spec = rules?.specs.find((one) => one.domain === domain);
  if (spec === undefined) return `domain: there is no "${domain}"`;
  const keys = rulePathsOf(spec).get(label);
  if (keys === undefined) return `label: "${domain}" has no rule "${label}"; GET /rules shows them`;
  const stray = keys.hasPattern ? undefined : entries.find(({ key }) => !keys.names.has(key));
  if (stray === undefined) return undefined;
  return `entries: the descriptors of "${label}" have the keys ${[...keys.names].join(', ')}, and no "${stray.key}"`;
}
