import { setTimeout as pause } from 'node:timers/promises';

import { expect } from '@jest/globals';
import { eventually, type RedisProcess, startRedis } from '@paymesh/common/testing';

import { type Ask, type Sent, underLoad } from './load.ts';

/** How a Redis ends, and how it is brought back. */
export interface Outage {
  readonly name: string;
  /** What was allowed before can be replayed so often after: a Redis without persistence forgets. */
  readonly forgotten: 0 | 1;
  readonly begin: (redis: RedisProcess) => Promise<void>;
  readonly end: (redis: RedisProcess) => Promise<RedisProcess>;
}

export const OUTAGES: readonly Outage[] = [
  {
    name: 'killed and started again',
    forgotten: 1,
    // SIGKILL by its number, and a new one on the same port that knows nothing.
    begin: (redis) => redis.stop(),
    end: ({ port }) => startRedis(port),
  },
  {
    name: 'stopped and continued',
    forgotten: 0,
    begin: async (redis) => void redis.process.kill('SIGSTOP'),
    end: async (redis) => {
      redis.process.kill('SIGCONT');
      return redis;
    },
  },
];

/** Load before, in and after an outage, each. */
const PHASE_MS = 800;
/** What is under way when the outage begins may have been answered before it. */
const EDGE_MS = 50;
const BACK_WITHIN_MS = 5_000;
/** So many in a row that are allowed: it is back. */
const IN_A_ROW = 20;

export interface OutageRun {
  readonly ask: Ask;
  readonly redis: RedisProcess;
  readonly outage: Outage;
  /** Told of the Redis that is there after. */
  readonly onBack: (redis: RedisProcess) => void;
  /** Called when the outage holds, and again before it ends. */
  readonly look?: () => Promise<void>;
}

/** What was answered before, in, and in all of it. */
export interface OutageResult {
  readonly calm: readonly Sent[];
  readonly dark: readonly Sent[];
  readonly all: readonly Sent[];
}

/** Sends load through an outage, and waits until valid requests are allowed again by themselves. */
export async function sendThrough({ ask, redis, outage, onBack, look }: OutageRun): Promise<OutageResult> {
  let [begunMs, endedMs] = [0, 0];
  const all = await underLoad(ask, async (sent) => {
    await pause(PHASE_MS);
    begunMs = performance.now();
    await outage.begin(redis);
    await pause(EDGE_MS);
    await look?.();
    await pause(PHASE_MS);
    await look?.();
    endedMs = performance.now();
    onBack(await outage.end(redis));
    await isBack(sent, performance.now());
    await pause(PHASE_MS);
  });
  const isDark = ({ sentMs, answeredMs }: Sent) => sentMs > begunMs + EDGE_MS && answeredMs < endedMs;
  return { calm: all.filter(({ answeredMs }) => answeredMs < begunMs), dark: all.filter(isDark), all };
}

async function isBack(sent: readonly Sent[], sinceMs: number): Promise<void> {
  await eventually(
    () => {
      const valid = sent.filter(({ kind, sentMs }) => kind === 'valid' && sentMs > sinceMs);
      expect(valid.slice(-IN_A_ROW).map(({ status }) => status)).toEqual(
        Array.from({ length: IN_A_ROW }, () => 200),
      );
    },
    { timeoutMs: BACK_WITHIN_MS },
  );
}

/** Share of the requests of a kind that were answered with this status. */
export function shareOf(sent: readonly Sent[], kind: Sent['kind'], status: number): number {
  const own = sent.filter((each) => each.kind === kind);
  return own.filter((each) => each.status === status).length / own.length;
}

/** Statuses of a kind, each once, sorted. */
export function statusesOf(sent: readonly Sent[], kind: Sent['kind']): readonly number[] {
  return [...new Set(sent.filter((each) => each.kind === kind).map(({ status }) => status))].toSorted(
    (one, other) => one - other,
  );
}

/** How often one and the same request was let through again, at most. */
export function mostReplayed(sent: readonly Sent[]): number {
  const times = new Map<unknown, number>();
  for (const { kind, status, request } of sent)
    if (kind === 'replay' && status === 200) times.set(request, (times.get(request) ?? 0) + 1);
  return Math.max(0, ...times.values());
}
