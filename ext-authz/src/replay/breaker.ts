export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** While open, one trial in so many milliseconds. */
  readonly retryMs: number;
}

/** Keeps callers away from something that does not answer. */
export interface Breaker {
  /** False: fail at once. True once per `retryMs` while open. */
  mayTry(nowMs: number): boolean;
  record(isSuccess: boolean, nowMs: number): void;
}

/** A circuit breaker that one success closes. */
export function createBreaker({ failures, retryMs }: BreakerOptions): Breaker {
  let failed = 0;
  let nextTrialMs = 0;
  return {
    mayTry: (nowMs) => {
      if (failed < failures) return true;
      if (nowMs < nextTrialMs) return false;
      nextTrialMs = nowMs + retryMs;
      return true;
    },
    record: (isSuccess, nowMs) => {
      failed = isSuccess ? 0 : failed + 1;
      if (failed === failures) nextTrialMs = nowMs + retryMs;
    },
  };
}
