import type { PaymentState } from './payment.ts';

/**
 * The moves of a payment. `unknown` means that a charge may exist: only a provider's own answer leads out of it.
 * `authorised` has been charged, so it can only go forward.
 */
const MOVES: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  created: ['authorised', 'failed', 'unknown'],
  authorised: ['succeeded'],
  unknown: ['authorised', 'failed'],
  succeeded: [],
  failed: [],
};

/** True where the payment may go from one state to the other. Staying is no move. */
export function canMove(from: PaymentState, to: PaymentState): boolean {
  return MOVES[from].includes(to);
}

/** True where nothing can change any more. */
export function isFinal(state: PaymentState): boolean {
  return MOVES[state].length === 0;
}

/** A move that the state machine forbids: a bug of the caller, never an outcome. */
export class IllegalMoveError extends Error {
  override readonly name = 'IllegalMoveError';

  constructor(from: PaymentState, to: PaymentState) {
    super(`a payment cannot go from ${from} to ${to}`);
  }
}
