import type { Money } from '../money.ts';

/** One charge as a provider keeps it. */
export interface Charge {
  /** Id given by the merchant; a second charge with it is the same charge. */
  readonly outTradeNo: string;
  /** Id given by the provider. */
  readonly tradeId: string;
  readonly amount: Money;
  readonly chargedAt: number;
  readonly refundedMinor: number;
}

/** What a create came to. */
type ChargeResult =
  | { readonly kind: 'charged'; readonly charge: Charge; readonly isNew: boolean }
  | { readonly kind: 'conflict' | 'full' };

/** What a refund came to. */
type RefundResult =
  | { readonly kind: 'refunded'; readonly charge: Charge }
  | { readonly kind: 'no-charge' | 'too-much' | 'conflict' };

interface RefundRequest {
  readonly outTradeNo: string;
  readonly refundNo: string;
  readonly amount: Money;
}

/** How often a create came in, and how often it was charged. */
interface ChargeCount {
  readonly outTradeNo: string;
  readonly received: number;
  readonly charged: number;
}

/** The books of a simulated provider, in memory. */
export interface ChargeBook {
  /** Counts a create that came in, whatever becomes of it. */
  receive(outTradeNo: string): void;
  charge(outTradeNo: string, amount: Money, now: number): ChargeResult;
  find(outTradeNo: string): Charge | undefined;
  refund(request: RefundRequest): RefundResult;
  counts(): readonly ChargeCount[];
  clear(): void;
}

export interface ChargeBookOptions {
  /** Makes the provider's id of the n-th charge. */
  readonly tradeId: (sequence: number, now: number) => string;
  /** Most charges kept; further ones are refused, since forgetting one could charge twice. Default 500 000. */
  readonly maxCharges?: number;
}

const DEFAULT_MAX_CHARGES = 500_000;

/** Empty books. */
export function createChargeBook({
  tradeId,
  maxCharges = DEFAULT_MAX_CHARGES,
}: ChargeBookOptions): ChargeBook {
  const received = new Map<string, number>();
  const charges = new Map<string, Charge>();
  const refunds = new Map<string, RefundRequest>();
  return {
    receive: (outTradeNo) => {
      const count = received.get(outTradeNo) ?? 0;
      if (count > 0 || received.size < maxCharges) received.set(outTradeNo, count + 1);
    },
    charge: (outTradeNo, amount, now) => {
      const known = charges.get(outTradeNo);
      if (known !== undefined) {
        return isSame(known.amount, amount)
          ? { kind: 'charged', charge: known, isNew: false }
          : { kind: 'conflict' };
      }
      if (charges.size >= maxCharges) return { kind: 'full' };
      const charge = {
        outTradeNo,
        tradeId: tradeId(charges.size + 1, now),
        amount,
        chargedAt: now,
        refundedMinor: 0,
      };
      charges.set(outTradeNo, charge);
      return { kind: 'charged', charge, isNew: true };
    },
    find: (outTradeNo) => charges.get(outTradeNo),
    refund: (request) => {
      const charge = charges.get(request.outTradeNo);
      if (charge === undefined) return { kind: 'no-charge' };
      const earlier = refunds.get(request.refundNo);
      if (earlier !== undefined)
        return isSameRefund(earlier, request) ? { kind: 'refunded', charge } : { kind: 'conflict' };
      const refundedMinor = charge.refundedMinor + request.amount.minor;
      if (request.amount.currency !== charge.amount.currency) return { kind: 'conflict' };
      if (refundedMinor > charge.amount.minor) return { kind: 'too-much' };
      const changed = { ...charge, refundedMinor };
      charges.set(request.outTradeNo, changed);
      refunds.set(request.refundNo, request);
      return { kind: 'refunded', charge: changed };
    },
    counts: () =>
      [...received].map(([outTradeNo, count]) => ({
        outTradeNo,
        received: count,
        charged: charges.has(outTradeNo) ? 1 : 0,
      })),
    clear: () => {
      received.clear();
      charges.clear();
      refunds.clear();
    },
  };
}

function isSame(one: Money, other: Money): boolean {
  return one.minor === other.minor && one.currency === other.currency;
}

function isSameRefund(one: RefundRequest, other: RefundRequest): boolean {
  return one.outTradeNo === other.outTradeNo && isSame(one.amount, other.amount);
}
