import { setTimeout as pause } from 'node:timers/promises';

import type { RawRequest } from '../harness/index.ts';
import { forgedRequest, signedRequest } from './signed-check.ts';

/** What was sent: a new request, one with a wrong signature, or one that was allowed before. */
export type ShotKind = 'valid' | 'forged' | 'replay';

export interface Sent {
  readonly kind: ShotKind;
  /** Moments of `performance.now()`. */
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
  readonly reason: string;
  readonly request: RawRequest;
}

/** Sends a request and says what came back. */
export type Ask = (request: RawRequest) => Promise<{ readonly status: number; readonly reason: string }>;

const EVERY_MS = 4;
/** Of so many requests one is forged and one a replay. */
const ROUND = 8;

/**
 * Sends every 4 ms while something is done, whether or not earlier ones were answered: mostly valid requests,
 * forgeries and replays between. What is done is given all that was answered so far; so is the caller, at the end.
 */
export async function underLoad(
  ask: Ask,
  work: (sent: readonly Sent[]) => Promise<void>,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const over = new AbortController();
  const shoot = async ({ kind, request }: Shot) => {
    const sentMs = performance.now();
    const { status, reason } = await ask(request);
    sent.push({ kind, request, sentMs, answeredMs: performance.now(), status, reason });
  };
  const shots: Promise<void>[] = [];
  const failures: unknown[] = [];
  const run = async () => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      shots.push(shoot(shotOf(index, sent)).catch((error: unknown) => void failures.push(error)));
      await pause(EVERY_MS);
    }
  };
  const running = run();
  try {
    await work(sent);
  } finally {
    over.abort();
    await running;
    await Promise.all(shots);
  }
  if (failures.length > 0) throw failures[0];
  return sent;
}

interface Shot {
  readonly kind: ShotKind;
  readonly request: RawRequest;
}

function shotOf(index: number, sent: readonly Sent[]): Shot {
  if (index % ROUND === 1) return { kind: 'forged', request: forgedRequest() };
  // The first ones again and again: they are allowed before any outage.
  const allowed = sent.filter(({ kind, status }) => kind === 'valid' && status === 200).slice(0, ROUND);
  const again = allowed[index % Math.max(allowed.length, 1)];
  if (index % ROUND === 5 && again !== undefined) return { kind: 'replay', request: again.request };
  return { kind: 'valid', request: signedRequest() };
}
