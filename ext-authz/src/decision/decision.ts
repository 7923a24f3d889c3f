import type { DenialReason } from './denials.ts';
import type { RefusalStyle } from './refusal-style.ts';

/** Who calls, as proven by a verified signature and a nonce that was never seen before, a token, or a certificate. */
export interface Proof {
  /** Owner of the key; without a signature the subject of the token, else the name of the certificate. May be empty. */
  readonly principal: string;
  /** Empty without a signature. */
  readonly keyId: string;
  /** Name of the certificate, as the proxy verified it. */
  readonly peer?: string | undefined;
  /** `sub` of the token. */
  readonly subject?: string | undefined;
}

/** What is decided on one request. Never a bare boolean. */
export type Decision = Verdict & Circumstances;

export type Verdict =
  | { readonly kind: 'allow'; readonly policyId: string; readonly proof: Proof }
  | {
      readonly kind: 'deny';
      /** Undefined when the request named no policy that is configured. */
      readonly policyId: string | undefined;
      readonly reason: DenialReason;
      /** Only of a key that is configured: other ids are text from strangers. */
      readonly keyId: string | undefined;
    }
  /** A policy in shadow mode would have denied; the request goes on, without a principal. */
  | {
      readonly kind: 'shadow_deny';
      readonly policyId: string;
      readonly reason: DenialReason;
      readonly keyId: string | undefined;
    };

/** What else is told of a decision, in logs and metadata. */
export interface Circumstances {
  /** Name of the scheme that the policy verifies. */
  readonly scheme?: string | undefined;
  /** What the scheme on trial said beside it. */
  readonly candidate?: { readonly scheme: string; readonly reason: DenialReason | 'ok' } | undefined;
  /** The rule of an AccessPolicy that decided: `namespace/name/rule`, and the policy alone when no rule held. */
  readonly accessRule?: string | undefined;
  /** An AccessPolicy in shadow mode that would have denied. */
  readonly accessTrial?: { readonly policyId: string; readonly reason: DenialReason } | undefined;
  /** What limits count of the request, by metadata key; text of whole numbers. */
  readonly costs?: Readonly<Record<string, string>> | undefined;
  /** Allowed without a question of who calls: only amounts were to be read. */
  readonly isUnproven?: boolean | undefined;
  /** How the policy words a denial. */
  readonly refusal?: RefusalStyle | undefined;
  /** Stages in their order, with the microseconds each took. */
  readonly timings?: readonly StageTiming[] | undefined;
}

export interface StageTiming {
  readonly stage: string;
  readonly micros: number;
}
