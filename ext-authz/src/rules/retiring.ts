import type { Clock } from '@paymesh/common/clock';
import type { Mode } from '@paymesh/common/policy';

/**
 * A policy that was removed or switched off is applied for so long after. The proxies learn of it a moment later
 * than this process; until then they ask for it, and the requests are as good as they were.
 */
const RETIREMENT_MS = 10_000;

interface Retired<T> {
  readonly policy: T;
  readonly untilMs: number;
}

/** Policies by id, of which those that are gone stay for a while. */
export interface Retiring<T> {
  current(): ReadonlyMap<string, T>;
  swap(policies: ReadonlyMap<string, T>): void;
  /** Ends the retirements that are over. */
  sweep(): void;
}

/** No policies yet. */
export function createRetiring<T extends { readonly mode: Mode }>(clock: Clock): Retiring<T> {
  let live: ReadonlyMap<string, T> = new Map();
  let retired: ReadonlyMap<string, Retired<T>> = new Map();
  let current: ReadonlyMap<string, T> = live;

  function swap(policies: ReadonlyMap<string, T>): void {
    const nowMs = clock.now();
    const kept = [...retired].filter(([id, { untilMs }]) => untilMs > nowMs && !isLive(policies, id));
    const gone = [...live].filter(([id]) => isLive(live, id) && !isLive(policies, id));
    retired = new Map([
      ...kept,
      ...gone.map(([id, policy]) => [id, { policy, untilMs: nowMs + RETIREMENT_MS }] as const),
    ]);
    live = policies;
    current = new Map([
      ...[...retired].map(([id, { policy }]) => [id, policy] as const),
      ...[...policies].filter(([id]) => !retired.has(id)),
    ]);
  }

  return {
    current: () => current,
    swap,
    sweep: () => {
      if ([...retired.values()].some(({ untilMs }) => untilMs <= clock.now())) swap(live);
    },
  };
}

function isLive<T extends { readonly mode: Mode }>(policies: ReadonlyMap<string, T>, id: string): boolean {
  const policy = policies.get(id);
  return policy !== undefined && policy.mode !== 'Off';
}
