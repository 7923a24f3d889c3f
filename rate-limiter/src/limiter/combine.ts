import type { Reading } from '../algorithm/index.ts';
import type { Counted } from './count.ts';
import type { Check, LimitedCheck } from './plan.ts';
import type { Decision, DescriptorStatus } from './types.ts';

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

interface Judged {
  readonly check: Check;
  readonly status: DescriptorStatus;
}

/**
 * Puts the checks together: over when any plain limit is over, or when there are quota rules and all of
 * them are. `counted` holds the results of the limited checks, in their order.
 */
export function combine(
  checks: readonly (readonly Check[])[],
  counted: readonly Counted[],
  modes: GlobalModes,
): Decision {
  const results = counted.values();
  const perDescriptor = checks.map((own) =>
    own.map((check): Judged => ({ check, status: statusOf(check, results) })),
  );
  const judged = perDescriptor.flat();
  const isQuota = (check: Check): boolean =>
    check.kind !== 'unlimited' && (modes.isQuota || (check.kind === 'limited' && check.rule.isQuota));
  const plainOver = judged.filter(({ check, status }) => status.isOver && !isQuota(check));
  const quota = judged.filter(({ check }) => isQuota(check));
  const isQuotaOver = quota.length > 0 && quota.every(({ status }) => status.isOver);
  const isOver = (plainOver.length > 0 || isQuotaOver) && !modes.isShadow;
  const statuses = perDescriptor.map(strictest);
  const retryAfterSeconds = isOver ? retryAfter(plainOver, isQuotaOver ? quota : []) : undefined;
  return { kind: 'decided', isOver, statuses, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function statusOf(check: Check, results: Iterator<Counted>): DescriptorStatus {
  switch (check.kind) {
    case 'none':
      return FREE;
    case 'unlimited':
      return UNLIMITED;
    case 'limited':
      return limitedStatus(check, results.next().value as Counted);
  }
}

function limitedStatus({ rule }: LimitedCheck, { requests, reading }: Counted): DescriptorStatus {
  return {
    isOver: reading.isOver && !rule.isShadow,
    remaining: reading.remaining,
    limit: { requests, allowance: rule.allowance, name: rule.name, resetSeconds: secondsOf(reading) },
  };
}

/** Whole seconds, as Envoy's headers have them, from 1: at 0 a client would come back too early. */
function secondsOf({ resetMs }: Reading): number {
  return Math.max(1, Math.ceil(resetMs / MS_PER_SECOND));
}

/** Of several limits of one descriptor: one that is over, the one that holds longest; else the one with least left. */
function strictest(judged: readonly Judged[]): DescriptorStatus {
  return judged.map(({ status }) => status).reduce((a, b) => (isStricter(b, a) ? b : a));
}

function isStricter(a: DescriptorStatus, b: DescriptorStatus): boolean {
  if (a.limit === undefined || b.limit === undefined) return b.limit === undefined && a !== FREE;
  if (a.isOver !== b.isOver) return a.isOver;
  return a.isOver ? a.limit.resetSeconds > b.limit.resetSeconds : a.remaining < b.remaining;
}

/**
 * The longest wait among the plain limits that are over: before it, one of them would still say no. Of a
 * quota the first rule that is free again is enough.
 */
function retryAfter(plainOver: readonly Judged[], quotaOver: readonly Judged[]): number | undefined {
  const plain = waitsOf(plainOver);
  const quota = waitsOf(quotaOver);
  const waits = quota.length === 0 ? plain : [...plain, Math.min(...quota)];
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function waitsOf(judged: readonly Judged[]): readonly number[] {
  return judged.flatMap(({ check, status }) =>
    check.kind === 'limited' && check.rule.sendsRetryAfter && status.limit !== undefined
      ? [status.limit.resetSeconds]
      : [],
  );
}
