import type { Logger } from '@paymesh/common/log';

import { type NonceStore, openRedisStore } from './replay/index.ts';

const REPEAT_MS = 60_000;

/** The Redis store of a URL, if there is one, with its troubles in the log. */
export async function openRedis(url: string | undefined, log: Logger): Promise<NonceStore | undefined> {
  if (url === undefined) return undefined;
  return openRedisStore({ url, onTrouble: logTrouble(log) });
}

/** One line when the trouble begins or changes, not one per attempt to reconnect. */
function logTrouble(log: Logger): (message: string) => void {
  let last = '';
  let lastMs = 0;
  return (message) => {
    const nowMs = performance.now();
    if (message === last && nowMs - lastMs < REPEAT_MS) return;
    last = message;
    lastMs = nowMs;
    log.warn({ trouble: message }, 'redis: signed requests are denied while it cannot answer');
  };
}
