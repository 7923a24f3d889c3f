import { accept, isObject, type Money, type Parsed, parseId, parseMoney, refuse } from '@paymesh/sample-kit';

/** What is asked about one payment. */
export interface Assessment {
  readonly merchantId: string;
  /** Who pays; counted for velocity. */
  readonly payerId: string;
  readonly amount: Money;
}

/** Limits of the rules. */
export interface RiskRules {
  /** Payments above it are denied, in minor units. */
  readonly denyAboveMinor: number;
  /** Payments above it are to be reviewed. */
  readonly reviewAboveMinor: number;
  /** Payers and merchants that may not pay. */
  readonly blocked: ReadonlySet<string>;
  /** Payments of one payer in a minute above which a review is asked. */
  readonly reviewAbovePerMinute: number;
}

export interface Verdict {
  readonly decision: 'allow' | 'review' | 'deny';
  readonly reasons: readonly string[];
}

/** Reads `{merchantId, payerId, amount}`. */
export function parseAssessment(body: unknown): Parsed<Assessment> {
  if (!isObject(body)) return refuse('the body must be a JSON object');
  const merchantId = parseId(body['merchantId'], 'merchantId');
  if (!merchantId.ok) return merchantId;
  const payerId = parseId(body['payerId'], 'payerId');
  if (!payerId.ok) return payerId;
  const amount = parseMoney(body['amount']);
  if (!amount.ok) return amount;
  return accept({ merchantId: merchantId.value, payerId: payerId.value, amount: amount.value });
}

/** Applies every rule; the hardest answer wins and all reasons are given. */
export function assess(asked: Assessment, paymentsThisMinute: number, rules: RiskRules): Verdict {
  const denials = [
    ...when(rules.blocked.has(asked.payerId), 'payer_blocked'),
    ...when(rules.blocked.has(asked.merchantId), 'merchant_blocked'),
    ...when(asked.amount.minor > rules.denyAboveMinor, 'amount_too_high'),
  ];
  const doubts = [
    ...when(denials.length === 0 && asked.amount.minor > rules.reviewAboveMinor, 'amount_high'),
    ...when(paymentsThisMinute > rules.reviewAbovePerMinute, 'velocity'),
  ];
  const reasons = [...denials, ...doubts];
  if (denials.length > 0) return { decision: 'deny', reasons };
  return { decision: doubts.length > 0 ? 'review' : 'allow', reasons };
}

function when(isTrue: boolean, reason: string): readonly string[] {
  return isTrue ? [reason] : [];
}
