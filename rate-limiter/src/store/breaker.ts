import type { CounterStore, ProbedStore, Taken } from './types.ts';

export interface BreakerOptions {
  /** Failures in a row that open the breaker. Default 3. */
  readonly threshold?: number;
  /** Pause between two probes while open, in milliseconds. Default 100. */
  readonly probeMs?: number;
  /** Told when the breaker opens (true, with the reason) and closes (false). */
  readonly onChange: (isOpen: boolean, reason: string) => void;
}

const DEFAULT_THRESHOLD = 3;
const DEFAULT_PROBE_MS = 100;

/**
 * Keeps calls from a store that is away: after some failures in a row each call is answered `down` at
 * once, and the store is probed aside, never at the cost of a call, until it is back.
 */
export function createBreaker(store: ProbedStore, options: BreakerOptions): CounterStore {
  const { threshold = DEFAULT_THRESHOLD, probeMs = DEFAULT_PROBE_MS, onChange } = options;
  let failures = 0;
  let open: Taken | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const probeLater = (): void => {
    timer = setTimeout(() => {
      void store.probe().then(onProbed);
    }, probeMs);
  };
  const onProbed = (isBack: boolean): void => {
    if (isClosed) return;
    if (!isBack) {
      probeLater();
      return;
    }
    failures = 0;
    open = undefined;
    onChange(false, 'the store answers again');
  };
  const onFailure = (reason: string): void => {
    failures += 1;
    if (failures < threshold || open !== undefined || isClosed) return;
    open = { kind: 'down', reason: `the store is away: ${reason}` };
    onChange(true, reason);
    probeLater();
  };

  return {
    take: async (takes, nowMs) => {
      if (open !== undefined) return open;
      const taken = await store.take(takes, nowMs);
      if (taken.kind === 'down') onFailure(taken.reason);
      else failures = 0;
      return taken;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      return store.close();
    },
  };
}
