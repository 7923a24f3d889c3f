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
import { CASES } from './cases.ts';
import { signedCheck } from './check-request.ts';
import { checksOf, startAuthz } from './contestants.ts';

const DISTINCT_NONCES = 1_000_000;
const BYTES_PER_MB = 1_000_000;
const GOAL_P99_MS = 3;
const GOAL_RESIDENT_MB = 200;

type Print = (line: string) => void;

/**
 * Checks a second of ext-authz on one core as ratios to what a bare grpc-js echo of the same message does in the same
 * round; then its response times at a steady rate and its memory after a million nonces.
 */
export async function benchExtAuthz(print: Print): Promise<void> {
  await needPrograms();
  const cores = findCores();
  const redis = await startRedis();
  const contestants: Contestant[] = [];
  try {
    pinProcess(redis.process.pid, cores.load);
    describeMachine(print);
    for (const kind of ['grpc-js echo', 'http2 echo', 'own echo'] as const) {
      contestants.push(await startEcho(kind, checksOf(CASES[0]), cores));
    }
    for (const one of CASES) contestants.push(await startAuthz(one, cores, redis.url));
    await compare(contestants, cores, print);
  } finally {
    for (const contestant of contestants) await contestant.stop();
    await redis.stop();
  }
  await measureLatency(cores, print);
  await measureMemory(cores, print);
}

function describeMachine(print: Print): void {
  const { byteLength } = signedCheck(CASES[0], 0);
  const [core] = cpus();
  print(`Node ${process.versions.node}, ${cpus().length} cores (${core?.model ?? 'unknown'})`);
  print(`messages of ${byteLength} bytes; the server on one core, the load and Redis on another`);
}

async function measureLatency(cores: Cores, print: Print): Promise<void> {
  const [chosen] = CASES;
  const contestants: Contestant[] = [];
  try {
    for (const kind of ['grpc-js echo', 'own echo'] as const) {
      contestants.push(await startEcho(kind, checksOf(chosen), cores));
    }
    contestants.push(await startAuthz(chosen, cores, undefined));
    await measurePaced(contestants, cores, print, GOAL_P99_MS);
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}

async function measureMemory(cores: Cores, print: Print): Promise<void> {
  const [chosen] = CASES;
  const contestant = await startAuthz(chosen, cores, undefined);
  try {
    const before = contestant.server.residentBytes() / BYTES_PER_MB;
    const { denied } = await load(cores, contestant, { requests: DISTINCT_NONCES });
    const after = contestant.server.residentBytes() / BYTES_PER_MB;
    print(
      `${chosen.name}: resident ${before.toFixed(0)} MB at the start, ${after.toFixed(0)} MB with ${DISTINCT_NONCES} distinct nonces in the window (goal: under ${GOAL_RESIDENT_MB}), ${denied} denied`,
    );
  } finally {
    await contestant.stop();
  }
}
