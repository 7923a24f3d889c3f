import type { AdminAnswer, AdminCall, GuardedHandler } from '@paymesh/common/admin';

import { limitText } from '../describe-rules.ts';
import type { CounterResult, CounterState, Counters } from '../limiter/index.ts';
import type { Entry } from '../match/index.ts';
import { type Parsed, parseEntries } from '../overrides/index.ts';
import type { Quotas } from '../rlqs/index.ts';
import { wrong } from './answers.ts';

type Target = { readonly domain: string; readonly entries: readonly Entry[] };

const MAX_HITS = 4_294_967_295;

/**
 * `GET /counters?domain=D&entries=K=V&entries=..`, `POST /reset {domain, entries}` and
 * `POST /grant {domain, entries, hits}`.
 */
export function counterRoutes(
  counters: Counters,
  quotas: Pick<Quotas, 'holders'>,
): Readonly<Record<string, GuardedHandler>> {
  const answer = ({ domain, entries }: Target, result: CounterResult): AdminAnswer =>
    answerOf(result, quotas.holders(domain, entries));
  return {
    'GET /counters': async ({ query }) => {
      const target = targetOfQuery(query);
      return target.kind === 'error'
        ? wrong(target.message)
        : answer(target.value, await counters.read(target.value));
    },
    'POST /reset': async ({ json }) => {
      const target = targetOf(json);
      return target.kind === 'error'
        ? wrong(target.message)
        : answer(target.value, await counters.reset(target.value));
    },
    'POST /grant': async ({ json }: AdminCall) => {
      const target = targetOf(json);
      if (target.kind === 'error') return wrong(target.message);
      const { hits } = json as { readonly hits?: unknown };
      if (!Number.isSafeInteger(hits) || Number(hits) < 1 || Number(hits) > MAX_HITS) {
        return wrong('hits: expected a whole number from 1');
      }
      return answer(target.value, await counters.grant(target.value, Number(hits)));
    },
  };
}

function targetOf(json: unknown): Parsed<Target> {
  const { domain, entries } = (json ?? {}) as { readonly domain?: unknown; readonly entries?: unknown };
  if (typeof domain !== 'string' || domain === '') {
    return { kind: 'error', message: 'domain: expected the name of a domain' };
  }
  const parsed = parseEntries(entries);
  return parsed.kind === 'error' ? parsed : { kind: 'ok', value: { domain, entries: parsed.value } };
}

function targetOfQuery(query: URLSearchParams): Parsed<Target> {
  const entries = query.getAll('entries').map((text) => {
    const at = text.indexOf('=');
    return at < 0 ? { key: text, value: '' } : { key: text.slice(0, at), value: text.slice(at + 1) };
  });
  return targetOf({ domain: query.get('domain') ?? '', entries });
}

/** `proxies`: so many keep the limit by themselves, and what they count is not in the counters. */
function answerOf(result: CounterResult, proxies: number): AdminAnswer {
  switch (result.kind) {
    case 'ok':
      return { body: { counters: result.counters.map(viewOf), ...(proxies > 0 && { proxies }) } };
    case 'unmatched':
      return {
        status: 404,
        body: { error: result.isKnownDomain ? 'no limit applies to these entries' : 'no such domain' },
      };
    case 'unavailable':
      return { status: 503, body: { error: result.message } };
  }
}

function viewOf({ rule, entries, isOverridden, reading }: CounterState) {
  return {
    label: rule.label,
    ...(rule.name !== '' && { name: rule.name }),
    limit: limitText(rule.allowance),
    entries,
    isOver: reading.isOver,
    remaining: reading.remaining,
    resetSeconds: Math.ceil(reading.resetMs / 1_000),
    isOverridden,
    isShadow: rule.isShadow,
  };
}
