import { cpus } from 'node:os';

import { startRedis } from '@paymesh/common/testing';

import {
  type Contestant,
  type Cores,
  compare,
  findCores,
  load,
  measurePaced,
  needPrograms,
  pinProcess,
  startEcho,
} from '../yardstick/index.ts';
import { type LimitCase, limitsOf, startLimiter } from './contestants.ts';
import { limitRequest } from './limit-request.ts';
import { scriptCalls } from './redis-calls.ts';

const EMBEDDED: LimitCase = { name: 'embedded', store: 'embedded', values: 10_000, goal: 1.6 };
const REDIS_MANY: LimitCase = { name: 'redis, 10 000 keys', store: 'redis', values: 10_000, goal: 1 };
const REDIS_HOT: LimitCase = { name: 'redis, one hot key', store: 'redis', values: 1, goal: 1.5 };

const COUNTED_CALLS = 20_000;
const LIVE_KEYS = 1_000_000;
const BYTES_PER_MB = 1_000_000;
const GOAL_P99_MS = 2;
const GOAL_RESIDENT_MB = 150;

type Print = (line: string) => void;

/**
 * Decisions a second of the rate limiter, started as its image does, on one core with Redis on the same one, as ratios
 * to what a bare grpc-js echo of the same message does in the same round; then its calls of Redis, its response times
 * and its memory.
 */
export async function benchRateLimiter(print: Print): Promise<void> {
  await needPrograms();
  const cores = findCores();
  const redis = await startRedis();
  const contestants: Contestant[] = [];
  try {
    pinProcess(redis.process.pid, cores.server);
    describeMachine(print);
    for (const kind of ['grpc-js echo', 'http2 echo', 'own echo'] as const) {
      contestants.push(await startEcho(kind, limitsOf(EMBEDDED), cores));
    }
    for (const one of [EMBEDDED, REDIS_MANY, REDIS_HOT]) {
      contestants.push(await startLimiter(one, cores, redis.url));
    }
    await compare(contestants, cores, print);
    for (const one of contestants.filter(({ name }) => name.startsWith('redis'))) {
      const before = await scriptCalls(redis.url);
      await load(cores, one, { requests: COUNTED_CALLS });
      const calls = (await scriptCalls(redis.url)) - before;
      print(
        `${one.name}: ${(calls / COUNTED_CALLS).toFixed(3)} Redis operations per check (goal: 1 or fewer)`,
      );
    }
  } finally {
    for (const contestant of contestants) await contestant.stop();
    await redis.stop();
  }
  await measureLatency(cores, print);
  await measureMemory(cores, print);
}

function describeMachine(print: Print): void {
  const [core] = cpus();
  print(`Node ${process.versions.node}, ${cpus().length} cores (${core?.model ?? 'unknown'})`);
  print(
    `messages of ${limitRequest(0).byteLength} bytes; the server and Redis on one core, the load on another`,
  );
}

async function measureLatency(cores: Cores, print: Print): Promise<void> {
  const contestants: Contestant[] = [];
  try {
    for (const kind of ['grpc-js echo', 'own echo'] as const) {
      contestants.push(await startEcho(kind, limitsOf(EMBEDDED), cores));
    }
    contestants.push(await startLimiter(EMBEDDED, cores, ''));
    await measurePaced(contestants, cores, print, GOAL_P99_MS);
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

async function measureMemory(cores: Cores, print: Print): Promise<void> {
  const contestant = await startLimiter(EMBEDDED, cores, '');
  try {
    const before = contestant.server.residentBytes() / BYTES_PER_MB;
    const messages = { kind: 'limits', values: LIVE_KEYS } as const;
    const { denied } = await load(cores, { ...contestant, messages }, { requests: LIVE_KEYS });
    if (denied > 0)
      throw new Error(`${denied} of ${LIVE_KEYS} keys are not live: there was no room for them`);
    const after = contestant.server.residentBytes() / BYTES_PER_MB;
    print(
      `embedded: resident ${before.toFixed(0)} MB at the start, ${after.toFixed(0)} MB with ${LIVE_KEYS} live keys (goal: under ${GOAL_RESIDENT_MB})`,
    );
  } finally {
    await contestant.stop();
  }
}
