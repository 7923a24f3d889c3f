import { rmSync } from 'node:fs';

import { createLogger } from '@paymesh/common/log';
import { openInProcess } from '@paymesh/ext-authz';

import { makeKey, type SoakKey } from './keys.ts';
import { makeShot } from './make-shot.ts';
import { type Memory, measureMemory } from './memory.ts';
import { garbage, mutateBytes } from './mutate-bytes.ts';
import { mutate } from './mutate-shot.ts';
import { createOracle, type Oracle, type Original } from './oracle.ts';
import { writePolicies } from './policies.ts';
import { createRandom, type Random } from './random.ts';
import { type ReadAnswer, readAnswer } from './read-answer.ts';
import { type Sender, senders } from './senders.ts';
import { encode, type Shot } from './shot.ts';
import { createTally, type Tally } from './tally.ts';

export interface SoakOptions {
  readonly checks: number;
  readonly seed: number;
  /** Told now and then how many checks are done. */
  readonly onProgress?: (done: number) => void;
}

export interface SoakResult {
  readonly tally: Tally;
  readonly seconds: number;
  /** Before the first check and after each tenth of all. */
  readonly memory: readonly Memory[];
}

const TENTHS = 10;
/** Where the clock of the soak starts, in Unix milliseconds. */
const START_MS = Date.UTC(2026, 0, 1);
/** The clock goes on by so much with each check: windows end, nonces are forgotten. */
const STEP_MS = 10;
/** Signed messages that are kept to be sent again: those of more than a window. */
const MAX_ORIGINALS = 8_192;
/** Ages of a signature that is not made now: near both ends of what is accepted. */
const AGES_MS = [298_000, 303_000, 400_000, -28_000, -33_000, 3_600_000];
/** Bent messages for each that is right. */
const MUTANTS = 6;
/** The service writes its log in the turns of the event loop. */
const CHECKS_PER_TURN = 64;

/** Sends so many checks through the service and judges each answer. Deterministic but for the pairs of keys. */
export async function runSoak({ checks, seed, onProgress }: SoakOptions): Promise<SoakResult> {
  const random = createRandom(seed);
  const keys = new Map(senders.map((sender) => [sender, makeKey(sender.key, random)]));
  const folder = writePolicies(keys);
  let nowMs = START_MS;
  const errors: string[] = [];
  const log = createLogger({
    service: 'soak',
    level: 'error',
    destination: { write: (line) => void errors.push(line) },
  });
  const service = await openInProcess({
    configDir: `${folder}/policies`,
    clock: { now: () => nowMs },
    log,
    auditFile: '/dev/null',
  });
  try {
    const tally = createTally();
    const oracle = createOracle(senders, MAX_ORIGINALS + 1);
    const memory = [await measureMemory()];
    const tenth = Math.ceil(checks / TENTHS);
    const startedMs = performance.now();
    for (const check of hostileChecks({ random, keys, oracle, now: () => nowMs })) {
      if (tally.total() >= checks) break;
      nowMs += STEP_MS;
      const mustAllow = check.original !== undefined && oracle.mustAllow(check.original, nowMs);
      const answer = readAnswer(await service.check(Buffer.from(check.bytes)));
      const wrong = wrongProof(answer, check, oracle, nowMs);
      const isWrongDenial = mustAllow && answer.kind !== 'allow';
      tally.add({ ...check, answer, fault: answer.fault ?? errors.pop(), nowMs, wrong, isWrongDenial });
      if (tally.total() % tenth === 0) memory.push(await measureMemory());
      if (tally.total() % CHECKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      onProgress?.(tally.total());
    }
    const seconds = (performance.now() - startedMs) / 1_000;
    return { tally, seconds, memory };
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A replay is told only of what was proven, so that it is one must be as true as an allow. */
function wrongProof(
  { kind, reason }: ReadAnswer,
  { bytes }: HostileCheck,
  oracle: Oracle,
  nowMs: number,
): string | undefined {
  if (kind === 'allow') return oracle.judgeAllow(bytes, nowMs);
  return reason === 'replayed_nonce' ? oracle.judgeReplay(bytes) : undefined;
}

/** A check to send. */
interface HostileCheck {
  /** Whose message it was made of. */
  readonly sender: string;
  /** In one word, how. */
  readonly kind: 'right' | 'replay' | 'mutant' | 'bytes' | 'garbage';
  readonly bytes: Uint8Array;
  /** Given: it is this message as it was signed. */
  readonly original?: Original;
}

interface Scene {
  readonly random: Random;
  readonly keys: ReadonlyMap<Sender, SoakKey>;
  readonly oracle: Oracle;
  readonly now: () => number;
}

/** Without end: bent copies of a message that was not sent yet, then itself, then itself and older ones again. */
function* hostileChecks({ random, keys, oracle, now }: Scene): Generator<HostileCheck> {
  const kept: Original[] = [];
  const pool = [...keys];
  let serial = 0;
  const donor = (fallback: Original): Original => (kept.length === 0 ? fallback : random.pick(kept));
  for (;;) {
    const [sender, key] = random.pick(pool);
    serial += 1;
    const signedMs = now() - (random.chance(0.15) ? random.pick(AGES_MS) : 0);
    const shot = makeShot({ sender, key, random, serial, signedMs });
    const original = oracle.sign({ sender, shot, bytes: encode(shot), signedMs });
    for (let count = 0; count < MUTANTS; count += 1) yield mutantOf(original, random, () => donor(original));
    yield { sender: sender.name, kind: 'right', bytes: original.bytes, original };
    yield again(original, random);
    if (kept.length > 0) yield again(random.pick(kept), random);
    if (kept.length > 0 && random.chance(0.3))
      yield mutantOf(random.pick(kept), random, () => donor(original));
    if (random.chance(0.1)) yield { sender: 'nobody', kind: 'garbage', bytes: garbage(random) };
    kept[(serial - 1) % MAX_ORIGINALS] = original;
  }
}

function mutantOf(original: Original, random: Random, donor: () => Original): HostileCheck {
  const sender = original.sender.name;
  if (random.chance(0.2))
    return { sender, kind: 'bytes', bytes: mutateBytes(original.bytes, random, donor().bytes) };
  const shot = mutate(anotherRequest(original.shot, random), random, () => donor().shot);
  return { sender, kind: 'mutant', bytes: encode(shot) };
}

/** Sent again, by somebody else or (rarely) by the proxy itself. */
function again({ sender, shot, bytes }: Original, random: Random): HostileCheck {
  const isProxy = random.chance(0.1);
  return {
    sender: sender.name,
    kind: 'replay',
    bytes: isProxy ? bytes : encode(anotherRequest(shot, random)),
  };
}

function anotherRequest(shot: Shot, random: Random): Shot {
  return { ...shot, stream: 2 ** 40 + random.below(2 ** 32) };
}
