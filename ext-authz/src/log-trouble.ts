import type { Logger } from '@paymesh/common/log';

const REPEAT_MS = 60_000;

/** Logs a warning when a trouble begins or changes, not each time that it is told. */
export function logTrouble(log: Logger, sentence: string): (message: string) => void {
  let last = '';
  let lastMs = 0;
  return (message) => {
    const nowMs = performance.now();
    if (message === last && nowMs - lastMs < REPEAT_MS) return;
    last = message;
    lastMs = nowMs;
    log.warn({ trouble: message }, sentence);
  };
}
