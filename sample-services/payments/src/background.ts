import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';

import type { PaymentStore } from './payment-store.ts';
import type { Resolver } from './resolver.ts';

export interface BackgroundOptions {
  readonly store: PaymentStore;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Logger;
  /** Pause between heartbeats, in milliseconds. Default 200. */
  readonly heartbeatMs?: number;
  /** Pause between two rounds of the resolver, in milliseconds. Default 200. */
  readonly resolveMs?: number;
}

/** The timers of one instance. */
export interface Background {
  /** Stops them, and waits for what is under way. */
  stop(): Promise<void>;
}

const DEFAULT_HEARTBEAT_MS = 200;
const DEFAULT_RESOLVE_MS = 200;
const FORGET_MS = 60_000;
const FORGET_AT_ONCE = 1_000;
/** A key is remembered for a day, as Stripe does. */
const KEY_LIFE_MS = 86_400_000;

/** Starts heartbeat, resolver and the forgetting of old keys. */
export function startBackground(options: BackgroundOptions): Background {
  const { store, resolver, clock, log } = options;
  const tasks = [
    every(options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS, 'heartbeat', () => store.renewLease(), log),
    every(options.resolveMs ?? DEFAULT_RESOLVE_MS, 'resolver', () => resolver.runOnce(), log),
    every(FORGET_MS, 'forget keys', () => store.forgetKeys(clock.now() - KEY_LIFE_MS, FORGET_AT_ONCE), log),
  ];
  return {
    stop: async () => {
      await Promise.all(tasks.map((task) => task.stop()));
    },
  };
}

/** Runs the task again and again, never twice at once; an error is logged and the next round tries again. */
function every(pauseMs: number, name: string, task: () => Promise<unknown>, log: Logger): Background {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= task()
      .then(
        () => undefined,
        (error: unknown) => log.error({ err: error }, `${name} failed`),
      )
      .finally(() => {
        running = undefined;
      });
  }, pauseMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
