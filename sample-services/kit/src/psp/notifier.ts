import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { Counter, Gauge, type Registry } from '@paymesh/common/metrics';
import {
  type ClientBody,
  type RequestSigner,
  type SigningFetch,
  signingFetch,
} from '@paymesh/ext-authz/client';

import type { Charge } from './charge-book.ts';

/** How a provider tells its merchant of a charge. */
export interface NotifyOptions {
  /** Where the merchant takes notifications. */
  readonly url: string;
  /** Signs each try with a time and nonce of its own. */
  readonly signer: RequestSigner;
  /** What is said of a charge: made once, and the same at every try. */
  readonly bodyOf: (charge: Charge, nowMs: number) => ClientBody;
  /** True for the answer with which a merchant says that it need not be told again. */
  readonly isTaken: (status: number, text: string) => boolean;
  /** Pause after the first try that was not taken, in milliseconds; it doubles each time. Default 1 000. */
  readonly firstPauseMs?: number;
}

export interface NotifierOptions extends NotifyOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

/** Tells of charges at least once, unless the merchant does not listen for long. */
export interface Notifier {
  /** Takes the charge to be told of and comes back at once. */
  notify(charge: Charge): void;
  /** Breaks off what is under way. */
  stop(): Promise<void>;
}

/** Notifications that are being tried at once; further ones are dropped and counted. */
const MAX_UNDER_WAY = 1_000;
const MAX_TRIES = 8;
/** A full second, since Alipay's signature has no nonce: in the same second it would be the same once more. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const TRY_TIMEOUT_MS = 5_000;

type Result = 'taken' | 'refused' | 'failed' | 'given_up' | 'dropped';

interface Sender extends NotifierOptions {
  readonly send: SigningFetch;
  readonly stopped: AbortSignal;
  readonly count: (result: Result) => void;
}

/** A notifier with its metrics. */
export function createNotifier(options: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const sender: Sender = {
    ...options,
    send: signingFetch(options),
    stopped: stopping.signal,
    count: addMetrics(options.registry, () => underWay.size),
  };
  return {
    notify: (charge) => {
      if (underWay.size >= MAX_UNDER_WAY || stopping.signal.aborted) return sender.count('dropped');
      const delivery = deliver(sender, charge).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

function addMetrics(registry: Registry, countUnderWay: () => number): (result: Result) => void {
  const results = new Counter({
    name: 'psp_sim_notifications_total',
    help: 'Tries to notify the merchant (taken, refused, failed), and notifications given up or dropped',
    labelNames: ['result'],
    registers: [registry],
  });
  const underWay: Gauge = new Gauge({
    name: 'psp_sim_notifications_under_way',
    help: 'Notifications that are still being tried',
    registers: [registry],
    collect: (): void => underWay.set(countUnderWay()),
  });
  return (result) => results.inc({ result });
}

async function deliver(sender: Sender, charge: Charge): Promise<void> {
  const { bodyOf, clock, log, stopped, count } = sender;
  // The answer to the charge goes out before anything is signed.
  await nextTurn();
  const body = bodyOf(charge, clock.now());
  for (let tries = 1; !stopped.aborted; tries += 1) {
    const result = await tryOnce(sender, body);
    count(result);
    if (result === 'taken') return;
    if (tries === MAX_TRIES) break;
    await pauseBefore(sender, tries);
  }
  count('given_up');
  log.warn({ outTradeNo: charge.outTradeNo }, 'the merchant was not notified');
}

async function tryOnce(
  { send, url, isTaken, stopped, log }: Sender,
  body: ClientBody,
): Promise<'taken' | 'refused' | 'failed'> {
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(TRY_TIMEOUT_MS)]);
    const response = await send(url, { body, signal });
    return isTaken(response.status, await response.text()) ? 'taken' : 'refused';
  } catch (error) {
    log.debug({ err: error, url }, 'a notification could not be sent');
    return 'failed';
  }
}

async function pauseBefore({ firstPauseMs = FIRST_PAUSE_MS, stopped }: Sender, tries: number): Promise<void> {
  const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  try {
    await pause(pauseMs, undefined, { signal: stopped });
  } catch {
    // Stopped in the middle of the pause: the loop sees it.
  }
}
