import type { Clock } from '@paymesh/common/clock';

import type { KeyRing, SigningKey } from '../key-ring.ts';
import { createUnknownIds } from './unknown-ids.ts';

/** All keys that a source has now, with a sentence for each that cannot be used. */
export type LoadedKeys =
  | {
      readonly kind: 'keys';
      readonly keys: readonly SigningKey[];
      readonly leftOut: readonly string[];
    }
  | { readonly kind: 'failed'; readonly why: string };

/** Runs work once after so many milliseconds; gives what cancels it. */
export type Schedule = (work: () => void, ms: number) => () => void;

export interface KeySourceOptions {
  /** Asks for the keys. */
  readonly load: () => Promise<LoadedKeys>;
  readonly refreshMs: number;
  readonly maxStaleMs: number;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** From 0 to 1: spreads the replicas over time. */
  readonly random: () => number;
  readonly onLoaded: (loaded: LoadedKeys, goodUntilMs: number | undefined) => void;
  /** Keys to go on with until the first answer. Default none. */
  readonly seed?: ReadonlyMap<string, SigningKey> | undefined;
}

/** Keys of a remote source, kept fresh; what was loaded last stays until the next answer, or until it is stale. */
export interface KeySource {
  /** Always the newest generation. */
  readonly ring: KeyRing;
  keys(): ReadonlyMap<string, SigningKey>;
  /** What became of the last load; undefined before. */
  last(): LoadedKeys | undefined;
  /** Settles when the first load has ended, or after so many milliseconds. */
  ready(maxMs: number): Promise<void>;
  /** No load begins after this. */
  close(): void;
}

/** An unknown id makes one load in so many milliseconds, whatever is asked for. */
const GUARD_MS = 10_000;
/** A request waits no longer than this for a load; the proxy would give it up soon after. */
const LOOK_UP_WAIT_MS = 200;
/** Most requests that wait at once. */
const MAX_WAITING = 256;
/** No source has longer ids, in characters; they are neither asked for nor remembered. */
const MAX_ID = 128;
/** First pause after a failure, in milliseconds; each further failure doubles it, up to the refresh. */
const RETRY_MS = 5_000;

interface Flight {
  readonly done: Promise<void>;
  /** Settles with the load or a little after it began. */
  readonly patience: Promise<void>;
}

/** Begins to load at once. */
export function createKeySource(options: KeySourceOptions): KeySource {
  const { load, refreshMs, clock, schedule, random } = options;
  const unknown = createUnknownIds();
  let generation: ReadonlyMap<string, SigningKey> = options.seed ?? new Map();
  let goodUntilMs: number | undefined;
  let last: LoadedKeys | undefined;
  let flight: Flight | undefined;
  let failures = 0;
  let guardedUntilMs = 0;
  let waiting = 0;
  let isClosed = false;
  let cancelNext = (): void => undefined;

  async function run(): Promise<void> {
    const askedMs = clock.now();
    const loaded = await load().catch(failed);
    if (isClosed) return;
    last = loaded;
    flight = undefined;
    failures = loaded.kind === 'failed' ? failures + 1 : 0;
    if (loaded.kind === 'keys') {
      goodUntilMs = askedMs + options.maxStaleMs;
      generation = newGeneration(loaded.keys, goodUntilMs);
      unknown.clear();
    }
    scheduleNext();
    options.onLoaded(loaded, goodUntilMs);
  }

  function scheduleNext(): void {
    cancelNext();
    const pauseMs = failures === 0 ? refreshMs : Math.min(refreshMs, RETRY_MS * 2 ** (failures - 1));
    cancelNext = schedule(() => void start(), pauseMs * (0.9 + 0.2 * random()));
  }

  /** Single flight: who comes while one is under way takes part in it. */
  function start(): Flight {
    if (flight !== undefined) return flight;
    const done = run();
    flight = { done, patience: within(done, LOOK_UP_WAIT_MS, schedule) };
    return flight;
  }

  function guardedStart(): Flight | undefined {
    if (flight !== undefined) return flight;
    const nowMs = clock.now();
    if (nowMs < guardedUntilMs) return undefined;
    guardedUntilMs = nowMs + GUARD_MS;
    return start();
  }

  async function lookUp(id: string): Promise<SigningKey | undefined> {
    const known = generation.get(id);
    if (known !== undefined || isClosed || id.length > MAX_ID) return known;
    if (unknown.has(id, clock.now()) || waiting >= MAX_WAITING) return undefined;
    const joined = guardedStart();
    if (joined === undefined) return undefined;
    waiting += 1;
    await joined.patience;
    waiting -= 1;
    const found = generation.get(id);
    const isAnswered = flight !== joined && last?.kind === 'keys';
    if (found === undefined && isAnswered) unknown.add(id, clock.now());
    return found;
  }

  const { done } = start();
  return {
    ring: { get: (id) => generation.get(id), values: () => generation.values(), lookUp },
    keys: () => generation,
    last: () => last,
    ready: (maxMs) => within(done, maxMs, schedule),
    close: () => {
      isClosed = true;
      cancelNext();
    },
  };
}

function failed(error: unknown): LoadedKeys {
  return { kind: 'failed', why: error instanceof Error ? error.message : 'it cannot be read' };
}

function newGeneration(keys: readonly SigningKey[], staleAfterMs: number): ReadonlyMap<string, SigningKey> {
  return new Map(keys.map((key) => [key.id, { ...key, staleAfterMs }]));
}

async function within(work: Promise<void>, ms: number, schedule: Schedule): Promise<void> {
  let cancel = (): void => undefined;
  const timeout = new Promise<void>((resolve) => {
    cancel = schedule(resolve, ms);
  });
  await Promise.race([work, timeout]);
  cancel();
}
