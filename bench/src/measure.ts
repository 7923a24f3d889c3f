import type { Answer, WireRequest } from '@paymesh/e2e';
import { percentile, runLoad } from '@paymesh/e2e';

/** Makes so many requests. */
export type Requests = (count: number) => readonly WireRequest[];

type Send = (request: WireRequest) => Promise<Answer>;

/** Requests under way at once. */
const CONCURRENCY = 32;

/** Requests a second with `CONCURRENCY` under way; throws when one is not answered with 200. */
export async function measureThroughput(send: Send, requests: readonly WireRequest[]): Promise<number> {
  const queue = requests.values();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const request of queue) refuseBad(await send(request));
    }),
  );
  return requests.length / ((performance.now() - start) / 1_000);
}

/** Response times at a constant rate, in milliseconds. */
export async function measureLatency(
  send: Send,
  requests: readonly WireRequest[],
  perSecond: number,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
  const sent = await runLoad({
    perSecond,
    seconds: requests.length / perSecond,
    send: async (index) => {
      const request = requests[index];
      if (request === undefined) throw new Error('fewer requests than the load wants');
      return refuseBad(await send(request));
    },
  });
  return { p50Ms: percentile(sent, 0.5), p99Ms: percentile(sent, 0.99) };
}

function refuseBad(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}
