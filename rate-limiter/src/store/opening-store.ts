import type { CounterStore } from './types.ts';

/** A store that gives no counts until there is one that does. */
export interface OpeningStore extends CounterStore {
  open(store: CounterStore): void;
  isOpen(): boolean;
}

/** For what must answer while a store is opened. */
export function openingStore(): OpeningStore {
  let opened: CounterStore | undefined;
  return {
    open: (store) => {
      opened = store;
    },
    isOpen: () => opened !== undefined,
    take: (takes, nowMs) =>
      opened?.take(takes, nowMs) ?? { kind: 'down', reason: 'counters are still being read' },
    close: async () => opened?.close(),
  };
}
