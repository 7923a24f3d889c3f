import { setTimeout as pause } from 'node:timers/promises';

import type { Answer } from './merchant.ts';

export interface LoadOptions {
  /** Requests a second, spread evenly, sent whether or not earlier ones have been answered. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Sends the n-th request. */
  readonly send: (index: number) => Promise<Answer>;
}

export interface Sent {
  readonly answer: Answer;
  /** When it was sent, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A load at a constant rate; gives every answer once all are in. */
export async function runLoad({ perSecond, seconds, send }: LoadOptions): Promise<readonly Sent[]> {
  const count = Math.round(perSecond * seconds);
  const start = performance.now();
  const pending: Promise<Sent>[] = [];
  for (let index = 0; index < count; index += 1) {
    const dueMs = (index * 1_000) / perSecond - (performance.now() - start);
    if (dueMs > 1) await pause(dueMs);
    const at = Date.now();
    pending.push(send(index).then((answer) => ({ answer, at })));
  }
  return Promise.all(pending);
}

/** A load at a constant rate until it is called off; gives every answer. */
export async function runLoadUntil(
  over: AbortSignal,
  { perSecond, send }: Omit<LoadOptions, 'seconds'>,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  while (!over.aborted) sent.push(...(await runLoad({ perSecond, seconds: 1, send })));
  return sent;
}

/** How many answers of each status, as `201:80 503:1`. */
export function statusCounts(sent: readonly Sent[]): string {
  const counts = new Map<number, number>();
  for (const { answer } of sent) counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
  return [...counts]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}:${count}`)
    .join(' ');
}

/** The value below which `share` (0 to 1) of the response times lie, in milliseconds. */
export function percentile(sent: readonly Sent[], share: number): number {
  const sorted = sent.map(({ answer }) => answer.ms).toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
