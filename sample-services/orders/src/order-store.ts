import type { Order } from './order.ts';

interface Stored {
  readonly order: Order;
  readonly fingerprint: string;
}

/** Orders in memory, by id. */
export interface OrderStore {
  find(id: string): Stored | undefined;
  put(order: Order, fingerprint: string): void;
  forget(id: string): void;
}

const DEFAULT_MAX_ORDERS = 50_000;

/** A store that forgets the oldest order when it is full; payments remember for it that they were paid. */
export function createOrderStore(maxOrders = DEFAULT_MAX_ORDERS): OrderStore {
  const orders = new Map<string, Stored>();
  return {
    find: (id) => orders.get(id),
    forget: (id) => {
      orders.delete(id);
    },
    put: (order, fingerprint) => {
      const oldest = orders.keys().next();
      if (!orders.has(order.id) && orders.size >= maxOrders && oldest.done !== true)
        orders.delete(oldest.value);
      orders.set(order.id, { order, fingerprint });
    },
  };
}
