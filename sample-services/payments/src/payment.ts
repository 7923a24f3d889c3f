import type { Money } from '@paymesh/sample-kit';

/** Where a payment stands; see state-machine.ts for the moves. */
export type PaymentState = 'created' | 'authorised' | 'succeeded' | 'failed' | 'unknown';

/** Which provider is asked first. */
export type Channel = 'wechat' | 'alipay';

/** A payment before anything happened to it. */
export interface PaymentDraft {
  /** Also the id under which providers know the charge, so a charge sent twice is still one. */
  readonly id: string;
  /** The merchant. */
  readonly principal: string;
  readonly orderId: string;
  readonly payerId: string;
  readonly amount: Money;
  readonly channel: Channel;
}

/** A payment as stored. */
export interface Payment extends PaymentDraft {
  readonly state: PaymentState;
  /** The provider that charged. */
  readonly provider: string | undefined;
  /** The provider's own id of the charge. */
  readonly tradeId: string | undefined;
  /** Why it failed or is not finished. */
  readonly reason: string | undefined;
  /** Since when a charge may be on its way: the time at which an instance last took up the work of charging. */
  readonly workedAt: number;
  /** How often finishing it was put off. */
  readonly attempts: number;
  readonly createdAt: number;
}
