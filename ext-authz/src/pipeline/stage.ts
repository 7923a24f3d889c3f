import type { DenialReason } from '../decision/index.ts';
import type { SigningKey } from '../keys/index.ts';
import type { Message } from '../message/index.ts';
import type { Rule, Verification } from '../rules/index.ts';
import type { Presented } from '../signature/index.ts';

/**
 * What is known of a request so far. Each part below the line is set by one stage, once, and read by later ones; it
 * belongs to one run of the stages, so that nothing has to be copied from stage to stage.
 */
export interface Evidence {
  readonly message: Message;
  readonly rule: Rule;
  /** How its signature is judged: that of the rule, or of its candidate. */
  readonly verify: Verification;
  /** Unix milliseconds, the same for all stages. */
  readonly nowMs: number;

  /** Whole and within the policy's limit. */
  body: Uint8Array | undefined;
  /** Well formed, not yet proven. */
  presented: Presented | undefined;
  /** The key that made the signature: proven, active. */
  signer: SigningKey | undefined;
  /** The nonce was never seen before and is now used, or the policy wants none. */
  isUnseen: boolean;
}

/** Goes on. */
export interface Passed {
  readonly kind: 'pass';
}

export interface Refused {
  readonly kind: 'deny';
  readonly reason: DenialReason;
  /** Only of a key that is configured. */
  readonly keyId: string | undefined;
}

export type StageResult = Passed | Refused;

/** One step of a decision. It denies when what it needs is not there. */
export type Stage = (evidence: Evidence) => StageResult | Promise<StageResult>;

export const PASS: Passed = { kind: 'pass' };

/** A denial, with the key id where that is configured. */
export function deny(reason: DenialReason, key?: SigningKey): Refused {
  return { kind: 'deny', reason, keyId: key?.id };
}

/** Nothing is known yet. */
export function noEvidence(start: Pick<Evidence, 'message' | 'rule' | 'verify' | 'nowMs'>): Evidence {
  const { message, rule, verify, nowMs } = start;
  return {
    message,
    rule,
    verify,
    nowMs,
    body: undefined,
    presented: undefined,
    signer: undefined,
    isUnseen: false,
  };
}
