import type { QuotaRule } from './rule.ts';

/** What a proxy may let pass of a bucket; only what Envoy 1.40 keeps (it ignores requests_per_time_unit). */
export type Assignment =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny' }
  | {
      readonly kind: 'bucket';
      readonly maxTokens: number;
      readonly tokensPerFill: number;
      readonly fillSeconds: number;
    };

/** One, and so much of a share, may pass at once: what is more than one can come on top of the rate, so it bounds the error. */
const BURST_PART = 0.04;

/** Shorter periods are looked at over a minute. */
const BURST_OVER_SECONDS = 60;

/** The assignment for a share of a rule. `sent` is the one that the proxy has. */
export function assignmentFor(rule: QuotaRule | undefined, share: number, sent?: Assignment): Assignment {
  if (rule === undefined || rule.isShadow) return { kind: 'allow' };
  if (share === 0) return { kind: 'deny' };
  // Envoy takes whole seconds only, and fills all the time, not at the end of the interval.
  const fillSeconds = Math.max(1, Math.round(rule.periodMs / 1_000));
  const maxTokens = burst(rule, share, fillSeconds);
  return {
    kind: 'bucket',
    maxTokens: apart(maxTokens, share, fillSeconds, sent),
    tokensPerFill: share,
    fillSeconds,
  };
}

/** Whether a proxy takes two for the same. */
export function isSame(one: Assignment | undefined, other: Assignment): boolean {
  if (one?.kind !== 'bucket' || other.kind !== 'bucket') return one?.kind === other.kind;
  return (
    one.maxTokens === other.maxTokens &&
    one.tokensPerFill === other.tokensPerFill &&
    one.fillSeconds === other.fillSeconds
  );
}

/** The part of the burst of the rule, if it says one. */
function burst({ requests, burst: wanted }: QuotaRule, share: number, fillSeconds: number): number {
  if (wanted !== undefined) return Math.max(1, Math.floor((wanted * share) / requests));
  const periods = Math.max(1, BURST_OVER_SECONDS / fillSeconds);
  return Math.min(share, 1 + Math.floor(share * periods * BURST_PART));
}

/** Envoy does not see a change of the interval alone, so something else changes with it. */
function apart(maxTokens: number, share: number, fillSeconds: number, sent: Assignment | undefined): number {
  if (sent?.kind !== 'bucket' || sent.tokensPerFill !== share) return maxTokens;
  if (sent.fillSeconds !== fillSeconds) return sent.maxTokens === maxTokens ? maxTokens + 1 : maxTokens;
  // Kept until the share changes, or it would be sent again and again.
  return sent.maxTokens === maxTokens + 1 ? sent.maxTokens : maxTokens;
}
