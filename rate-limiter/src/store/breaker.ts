import type { CounterStore, ProbedStore, Taken } from './types.ts';

export interface BreakerOptions {
  /** Failures in a row that open the breaker. Default 3. */
  readonly threshold?: number;
  /** Time that they must span, in milliseconds: calls under way together fail together. Default 30. */
  readonly spanMs?: number;
  /** Longest pause between two probes while open, in milliseconds; the first are shorter. Default 100. */
  readonly probeMs?: number;
  /** Told when the breaker opens (true, with the reason) and closes (false). */
  readonly onChange: (isOpen: boolean, reason: string) => void;
}

const DEFAULT_THRESHOLD = 3;
const DEFAULT_SPAN_MS = 30;
const DEFAULT_PROBE_MS = 100;
const FIRST_PROBE_MS = 5;

/**
 * Keeps calls from a store that is away: without a connection, or after some failures in a row, each
 * call is answered `down` at once, and the store is probed aside, never at the cost of a call, until it is back.
 */
export function createBreaker(store: ProbedStore, options: BreakerOptions): CounterStore {
  const { threshold = DEFAULT_THRESHOLD, spanMs = DEFAULT_SPAN_MS, onChange } = options;
  const maxPauseMs = options.probeMs ?? DEFAULT_PROBE_MS;
  let failures = 0;
  let failingSinceMs = 0;
  let open: Taken | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const probeAfter = (pauseMs: number): void => {
    timer = setTimeout(() => {
      void store.probe().then((isBack) => onProbed(isBack, pauseMs));
    }, pauseMs);
  };
  const onProbed = (isBack: boolean, pauseMs: number): void => {
    if (isClosed) return;
    if (!isBack) {
      probeAfter(Math.min(pauseMs * 2, maxPauseMs));
      return;
    }
    failures = 0;
    open = undefined;
    onChange(false, 'the store answers again');
  };
  const onFailure = ({ reason, isDisconnected = false }: Extract<Taken, { kind: 'down' }>): void => {
    const nowMs = performance.now();
    if (failures === 0) failingSinceMs = nowMs;
    failures += 1;
    const isOutage = failures >= threshold && nowMs - failingSinceMs >= spanMs;
    if (open !== undefined || isClosed || !(isDisconnected || isOutage)) return;
    open = { kind: 'down', reason: `the store is away: ${reason}` };
    onChange(true, reason);
    probeAfter(Math.min(FIRST_PROBE_MS, maxPauseMs));
  };

  const judge = (taken: Taken): Taken => {
    if (taken.kind === 'down') onFailure(taken);
    else failures = 0;
    return taken;
  };

  return {
    take: (takes, nowMs) => {
      if (open !== undefined) return open;
      const taken = store.take(takes, nowMs);
      return taken instanceof Promise ? taken.then(judge) : judge(taken);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      return store.close();
    },
  };
}
