import type { DenialReason } from '../../decision/index.ts';

/** A step that cannot go on, and why. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: DenialReason;
}

/** Says why not. */
export function refuse(reason: DenialReason): Refusal {
  return { kind: 'refused', reason };
}
