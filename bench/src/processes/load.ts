import {
  CONNECTIONS,
  type LoadResult,
  type LoadSpec,
  openConnection,
  sendAll,
  sendPaced,
} from '../yardstick/index.ts';
import { makeMessages } from './messages.ts';

// The process of the load: makes the messages, sends them, says what came of it.
/** Requests that are made, and then sent, at once: what they take in memory has a bound. */
const BATCH = 20_000;
/** Sent at the same rate before anything is timed: the code of this process is slow until it is compiled. */
const PACED_WARM_UP = 2_000;

const spec = JSON.parse(process.argv[2] ?? '') as LoadSpec;
process.send?.(await run());

async function run(): Promise<LoadResult> {
  const fail = (error: Error): void => {
    throw error;
  };
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(spec.port, spec.path, fail)),
  );
  let seconds = 0;
  let denied = 0;
  const judge = (answer: Buffer): void => {
    if (!isAllowed(answer)) denied += 1;
  };
  const tookMs: number[] = [];
  if (spec.perSecond !== undefined) {
    await sendPaced(connections, makeMessages(spec.messages, PACED_WARM_UP, 0), spec.perSecond, judge);
  }
  for (let sent = 0; sent < spec.requests; sent += BATCH) {
    const messages = makeMessages(spec.messages, Math.min(BATCH, spec.requests - sent), sent);
    if (spec.perSecond === undefined) seconds += await sendAll(connections, messages, judge);
    else tookMs.push(...(await sendPaced(connections, messages, spec.perSecond, judge)));
  }
  tookMs.sort((one, other) => one - other);
  const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? 0;
  return { perSecond: spec.requests / seconds, p50Ms: at(0.5), p99Ms: at(0.99), denied };
}

/**
 * False for a denial, which is counted; so is a limit that could not be counted in time, as its rule wants it. No other
 * call may be answered without a message: that ends the measurement.
 */
function isAllowed(answer: Buffer): boolean {
  if (answer.byteLength === 0) {
    if (spec.messages.kind === 'limits') return false;
    throw new Error('a call was answered without a message');
  }
  // CheckResponse {status: {}}: the tag of the status, and no code in it. After the prefix of five bytes.
  return !spec.wantsAllow || (answer[5] === 0x0a && answer[6] === 0);
}
