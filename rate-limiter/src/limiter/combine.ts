import type { Reading } from '../algorithm/index.ts';
import type { JsonObject } from '../match/index.ts';
import type { Counted } from './count.ts';
import { mergeMetadata } from './merge-metadata.ts';
import type { Check, LimitedCheck } from './plan.ts';
import { takenOf } from './taken.ts';
import type { Cause, Decision, DescriptorStatus, StatusLimit } from './types.ts';

/** Switches for all rules at once, as SHADOW_MODE and QUOTA_MODE of envoyproxy/ratelimit. */
export interface GlobalModes {
  /** Every answer is OK; statuses still tell the truth. */
  readonly isShadow: boolean;
  /** Every descriptor is part of the quota, unless it is unlimited. */
  readonly isQuota: boolean;
}

/** `limit_remaining` of an unlimited rule: the largest uint32. */
const UNLIMITED_REMAINING = 4_294_967_295;
const MS_PER_SECOND = 1_000;

const FREE: DescriptorStatus = { isOver: false, remaining: 0 };
const UNLIMITED: DescriptorStatus = { isOver: false, remaining: UNLIMITED_REMAINING };

/** What is known after some of the checks. One object for each request, changed in place: this is the hot path. */
type Decided = Extract<Decision, { kind: 'decided' }>;

interface Tally {
  isPlainOver: boolean;
  /** The longest wait of the plain limits that are over and tell it. */
  plainWait: number | undefined;
  hasQuota: boolean;
  isQuotaOver: boolean;
  /** The shortest of the quota limits: the first that is free again is enough. */
  quotaWait: number | undefined;
  /** Of the limits that are over the one that holds longest; plain ones before those in shadow. */
  worst: StatusLimit | undefined;
  isWorstShadow: boolean;
  metadata: JsonObject | undefined;
  /** A rule wants its hits back later. */
  hasReturnable: boolean;
}

/**
 * Puts the checks together: over when any plain limit is over, or when there are quota rules and all of
 * them are. `counted` holds the results of the limited checks, in their order.
 */
export function combine(
  checks: readonly (readonly Check[])[],
  counted: readonly Counted[],
  modes: GlobalModes,
  nowMs: number,
): Decision {
  const tally = emptyTally();
  let next = 0;
  const statuses = checks.map((own) => {
    let strictest: DescriptorStatus | undefined;
    for (const check of own) {
      const result = check.kind === 'limited' ? counted[next] : undefined;
      if (check.kind === 'limited') next += 1;
      const status = judge(tally, check, result, modes);
      if (strictest === undefined || isStricter(status, strictest)) strictest = status;
    }
    return strictest ?? FREE;
  });
  const decision = decisionOf(tally, statuses, modes);
  return tally.hasReturnable ? withTaken(decision, checks, counted, nowMs) : decision;
}

function withTaken(
  decision: Decided,
  checks: readonly (readonly Check[])[],
  counted: readonly Counted[],
  nowMs: number,
): Decision {
  const taken = decision.isOver ? undefined : takenOf(checks.flat(), counted, nowMs);
  return taken === undefined ? decision : { ...decision, taken };
}

function emptyTally(): Tally {
  return {
    isPlainOver: false,
    plainWait: undefined,
    hasQuota: false,
    isQuotaOver: true,
    quotaWait: undefined,
    worst: undefined,
    isWorstShadow: false,
    metadata: undefined,
    hasReturnable: false,
  };
}

/** The status of a check; adds what it says to the tally. */
function judge(
  tally: Tally,
  check: Check,
  counted: Counted | undefined,
  modes: GlobalModes,
): DescriptorStatus {
  if (check.kind === 'unlimited') return UNLIMITED;
  if (check.kind === 'none' || counted === undefined) {
    if (modes.isQuota) addQuota(tally, false, undefined);
    return FREE;
  }
  const { rule } = check;
  tally.hasReturnable ||= rule.takenKey !== undefined;
  const limit = limitOf(check, counted);
  const isOver = counted.reading.isOver && !rule.isShadow;
  const wait = isOver && rule.sendsRetryAfter ? limit.resetSeconds : undefined;
  if (rule.isQuota || modes.isQuota) addQuota(tally, isOver, wait);
  else if (isOver) addPlainOver(tally, wait);
  if (counted.reading.isOver) addWorst(tally, limit, rule.isShadow || modes.isShadow);
  // One in shadow lets the request pass, over or not.
  if (!isOver && rule.metadata !== undefined) tally.metadata = mergeMetadata(tally.metadata, rule.metadata);
  return { isOver, remaining: counted.reading.remaining, limit };
}

function limitOf({ rule }: LimitedCheck, { requests, reading }: Counted): StatusLimit {
  const { allowance, name, label, headers } = rule;
  return { requests, allowance, name, label, headers, resetSeconds: secondsOf(reading) };
}

/** Whole seconds, as Envoy's headers have them, from 1: at 0 a client would come back too early. */
function secondsOf({ resetMs }: Reading): number {
  return Math.max(1, Math.ceil(resetMs / MS_PER_SECOND));
}

function addQuota(tally: Tally, isOver: boolean, wait: number | undefined): void {
  tally.hasQuota = true;
  tally.isQuotaOver &&= isOver;
  if (wait !== undefined) tally.quotaWait = Math.min(tally.quotaWait ?? wait, wait);
}

function addPlainOver(tally: Tally, wait: number | undefined): void {
  tally.isPlainOver = true;
  if (wait !== undefined) tally.plainWait = Math.max(tally.plainWait ?? wait, wait);
}

function addWorst(tally: Tally, limit: StatusLimit, isShadow: boolean): void {
  const { worst, isWorstShadow } = tally;
  const isWorse =
    worst === undefined ||
    (isShadow === isWorstShadow ? limit.resetSeconds > worst.resetSeconds : isWorstShadow);
  if (!isWorse) return;
  tally.worst = limit;
  tally.isWorstShadow = isShadow;
}

/** Of several limits of one descriptor: one that is over, the one that holds longest; else the one with least left. */
function isStricter(a: DescriptorStatus, b: DescriptorStatus): boolean {
  if (a.limit === undefined || b.limit === undefined) return b.limit === undefined && a !== FREE;
  if (a.isOver !== b.isOver) return a.isOver;
  return a.isOver ? a.limit.resetSeconds > b.limit.resetSeconds : a.remaining < b.remaining;
}

function decisionOf(tally: Tally, statuses: readonly DescriptorStatus[], modes: GlobalModes): Decided {
  const isQuotaOver = tally.hasQuota && tally.isQuotaOver;
  const isOver = (tally.isPlainOver || isQuotaOver) && !modes.isShadow;
  const { worst, metadata } = tally;
  if (worst === undefined && metadata === undefined) return { kind: 'decided', isOver, statuses };
  const retryAfterSeconds = isOver
    ? longest(tally.plainWait, isQuotaOver ? tally.quotaWait : undefined)
    : undefined;
  return {
    kind: 'decided',
    isOver,
    statuses,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(worst !== undefined && { cause: causeOf(worst, tally.isWorstShadow) }),
    ...(metadata !== undefined && { metadata }),
  };
}

function causeOf({ label, name }: StatusLimit, isShadow: boolean): Cause {
  return { label, name, outcome: isShadow ? 'shadow_over' : 'over' };
}

/** Before the longest wait, one of the limits would still say no. */
function longest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
