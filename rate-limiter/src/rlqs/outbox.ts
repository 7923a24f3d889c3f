import type { BucketName } from './bucket-id.ts';
import { QUOTA_LIMITS } from './limits.ts';
import type { QuotaAction } from './types.ts';

/** What a stream is yet to be told: the last word on each bucket, so that a proxy that does not read costs no more. */
export interface Outbox {
  put(name: BucketName, what: QuotaAction['what'], ttlSeconds?: number): void;
  /** For an id that is no bucket here: to be forgotten. */
  refuse(id: QuotaAction['id']): void;
  /** Hands all of it on, unless the stream is full. */
  flush(): void;
  /** The stream has room again. */
  resume(): void;
}

/** Sends in messages of a bounded number of actions; `send` gives false when the stream is full. */
export function createOutbox(send: (actions: readonly QuotaAction[]) => boolean): Outbox {
  const waiting = new Map<string, QuotaAction>();
  let isFull = false;
  const flush = (): void => {
    while (waiting.size > 0 && !isFull) {
      const batch = [...waiting].slice(0, QUOTA_LIMITS.actionsPerMessage);
      for (const [key] of batch) waiting.delete(key);
      isFull = !send(batch.map(([, action]) => action));
    }
  };
  return {
    put: ({ key, pairs }, what, ttlSeconds = 0) => {
      waiting.set(key, { id: pairs, what, ttlSeconds });
    },
    refuse: (id) => {
      // Who is not told of it asks again.
      if (waiting.size < QUOTA_LIMITS.bucketsPerStream) {
        waiting.set(JSON.stringify(id), { id, what: { kind: 'abandon' }, ttlSeconds: 0 });
      }
    },
    flush,
    resume: () => {
      isFull = false;
      flush();
    },
  };
}
