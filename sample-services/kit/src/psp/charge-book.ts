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
  | { readonly kind: 'conflict' | 'full' | 'closed' };

/** What a close came to. `closed`: no charge was made, and none ever will be. */
type CloseResult =
  | { readonly kind: 'charged'; readonly charge: Charge }
  | { readonly kind: 'closed' | 'full' };

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
  /** Refuses every charge with this id from now on, unless one was made. */
  close(outTradeNo: string): CloseResult;
  refund(request: RefundRequest): RefundResult;
  counts(): readonly ChargeCount[];
  clear(): void;
}

/** What happened, in order: the books are nothing but the sum of these. */
export type BookEvent =
  | { readonly kind: 'received'; readonly outTradeNo: string }
  | { readonly kind: 'charged'; readonly charge: Charge }
  | { readonly kind: 'refunded'; readonly refund: RefundRequest }
  | { readonly kind: 'closed'; readonly outTradeNo: string }
  | { readonly kind: 'cleared' };

/** Keeps the events of a provider that is to remember its charges after it was killed. */
export interface Journal {
  /** What was kept by earlier lives. */
  readonly events: readonly BookEvent[];
  append(event: BookEvent): void;
}

export interface ChargeBookOptions {
  /** Makes the provider's id of the n-th charge. */
  readonly tradeId: (sequence: number, now: number) => string;
  /** Default: none, everything is forgotten with the process. */
  readonly journal?: Journal | undefined;
  /** Most charges kept; further ones are refused, since forgetting one could charge twice. Default 500 000. */
  readonly maxCharges?: number;
}

interface Pages {
  readonly received: Map<string, number>;
  readonly charges: Map<string, Charge>;
  readonly refunds: Map<string, RefundRequest>;
  readonly closed: Set<string>;
}

const DEFAULT_MAX_CHARGES = 500_000;

/** The books as the journal left them, or empty ones. */
export function createChargeBook(options: ChargeBookOptions): ChargeBook {
  const { tradeId, journal, maxCharges = DEFAULT_MAX_CHARGES } = options;
  const pages: Pages = { received: new Map(), charges: new Map(), refunds: new Map(), closed: new Set() };
  const { received, charges, closed } = pages;
  for (const event of journal?.events ?? []) apply(pages, event);
  const record = (event: BookEvent): void => {
    journal?.append(event);
    apply(pages, event);
  };
  return {
    receive: (outTradeNo) => {
      if (received.has(outTradeNo) || received.size < maxCharges) record({ kind: 'received', outTradeNo });
    },
    charge: (outTradeNo, amount, now) => {
      const known = charges.get(outTradeNo);
      if (known !== undefined) {
        return isSame(known.amount, amount)
          ? { kind: 'charged', charge: known, isNew: false }
          : { kind: 'conflict' };
      }
      if (closed.has(outTradeNo)) return { kind: 'closed' };
      if (charges.size >= maxCharges) return { kind: 'full' };
      const id = tradeId(charges.size + 1, now);
      const charge = { outTradeNo, tradeId: id, amount, chargedAt: now, refundedMinor: 0 };
      record({ kind: 'charged', charge });
      return { kind: 'charged', charge, isNew: true };
    },
    find: (outTradeNo) => charges.get(outTradeNo),
    close: (outTradeNo) => {
      const charge = charges.get(outTradeNo);
      if (charge !== undefined) return { kind: 'charged', charge };
      if (closed.has(outTradeNo)) return { kind: 'closed' };
      if (closed.size >= maxCharges) return { kind: 'full' };
      record({ kind: 'closed', outTradeNo });
      return { kind: 'closed' };
    },
    refund: (refund) => {
      const kind = judgeRefund(pages, refund);
      if (kind === 'new') record({ kind: 'refunded', refund });
      const charge = charges.get(refund.outTradeNo);
      if (charge === undefined) return { kind: 'no-charge' };
      return kind === 'new' || kind === 'repeated' ? { kind: 'refunded', charge } : { kind };
    },
    counts: () =>
      [...received].map(([outTradeNo, count]) => ({
        outTradeNo,
        received: count,
        charged: charges.has(outTradeNo) ? 1 : 0,
      })),
    clear: () => record({ kind: 'cleared' }),
  };
}

function apply({ received, charges, refunds, closed }: Pages, event: BookEvent): void {
  switch (event.kind) {
    case 'received':
      received.set(event.outTradeNo, (received.get(event.outTradeNo) ?? 0) + 1);
      return;
    case 'charged':
      charges.set(event.charge.outTradeNo, event.charge);
      return;
    case 'refunded': {
      const { outTradeNo, refundNo, amount } = event.refund;
      const charge = charges.get(outTradeNo);
      if (charge === undefined) return;
      charges.set(outTradeNo, { ...charge, refundedMinor: charge.refundedMinor + amount.minor });
      refunds.set(refundNo, event.refund);
      return;
    }
    case 'closed':
      closed.add(event.outTradeNo);
      return;
    case 'cleared':
      for (const page of [received, charges, refunds, closed]) page.clear();
      return;
  }
}

function judgeRefund(
  { charges, refunds }: Pages,
  refund: RefundRequest,
): 'new' | 'repeated' | 'no-charge' | 'conflict' | 'too-much' {
  const charge = charges.get(refund.outTradeNo);
  if (charge === undefined) return 'no-charge';
  const earlier = refunds.get(refund.refundNo);
  if (earlier !== undefined) return isSameRefund(earlier, refund) ? 'repeated' : 'conflict';
  if (refund.amount.currency !== charge.amount.currency) return 'conflict';
  return charge.refundedMinor + refund.amount.minor > charge.amount.minor ? 'too-much' : 'new';
}

function isSame(one: Money, other: Money): boolean {
  return one.minor === other.minor && one.currency === other.currency;
}

function isSameRefund(one: RefundRequest, other: RefundRequest): boolean {
  return one.outTradeNo === other.outTradeNo && isSame(one.amount, other.amount);
}
