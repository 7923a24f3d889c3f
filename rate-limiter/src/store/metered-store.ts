import type { CounterStore, Taken } from './types.ts';

/** Told of each call: how long it took, and whether it gave no counts. */
export type OnStoreCall = (seconds: number, isDown: boolean) => void;

/** A store whose calls are measured. */
export function createMeteredStore<S extends CounterStore>(store: S, onCall: OnStoreCall): S {
  return {
    ...store,
    take: (takes, nowMs) => {
      const startedMs = performance.now();
      const told = (taken: Taken): Taken => {
        onCall((performance.now() - startedMs) / 1_000, taken.kind === 'down');
        return taken;
      };
      const taken = store.take(takes, nowMs);
      return taken instanceof Promise ? taken.then(told) : told(taken);
    },
  };
}
