import type { DenialReason } from '../decision/index.ts';
import type { SigningKey } from '../keys/index.ts';
import type { Message } from '../message/index.ts';
import type { Rule, Verification } from '../rules/index.ts';
import type { Presented } from '../signature/index.ts';

/** What is known of a request so far. Each stage may add to it; none may change what is there. */
export interface Evidence {
  readonly message: Message;
  readonly rule: Rule;
  /** How its signature is judged: that of the rule, or of its candidate. */
  readonly verify: Verification;
  /** Unix milliseconds, the same for all stages. */
  readonly nowMs: number;
  /** Whole and within the policy's limit. */
  readonly body?: Uint8Array;
  /** Well formed, not yet proven. */
  readonly presented?: Presented;
  /** The key that made the signature: proven, active. */
  readonly signer?: SigningKey;
  /** The nonce was never seen before and is now used, or the policy wants none. */
  readonly isUnseen?: true;
}

export type StageResult =
  | { readonly kind: 'pass'; readonly evidence: Evidence }
  | { readonly kind: 'deny'; readonly reason: DenialReason; readonly keyId?: string };

/** One step of a decision. It denies when what it needs is not there. */
export type Stage = (evidence: Evidence) => StageResult | Promise<StageResult>;

/** A denial, with the key id where that is configured. */
export function deny(reason: DenialReason, key?: SigningKey): StageResult {
  return key === undefined ? { kind: 'deny', reason } : { kind: 'deny', reason, keyId: key.id };
}

/** Goes on with more evidence. */
export function pass(evidence: Evidence): StageResult {
  return { kind: 'pass', evidence };
}
