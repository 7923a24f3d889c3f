import { hash } from 'node:crypto';

import type { SigningKey } from '../keys/index.ts';
import type { NonceClaim } from '../replay/index.ts';
import type { NonceRule, Rule } from '../rules/index.ts';
import type { Presented } from '../signature/index.ts';
import { deny, type Evidence, PASS, type Stage, type StageResult } from './stage.ts';

/** What is claimed, and how. */
export interface WantedClaim {
  readonly store: 'embedded' | 'redis';
  readonly onStoreDown: 'Deny' | 'Local';
  readonly key: string;
  readonly ttlMs: number;
  /** Names the one request at the proxy; empty when unknown. */
  readonly attempt: string;
}

/** Claims a nonce in the store that a policy names. */
export type ClaimNonce = (wanted: WantedClaim) => NonceClaim | Promise<NonceClaim>;

/** Timestamps are whole seconds. */
const MARGIN_MS = 1_000;

/**
 * Uses the nonce up. It runs after the signature was proven, or anybody could burn a victim's nonces.
 *
 * Envoy may ask twice about one request. It is known by what no client can set, the proxy's own number of the
 * stream, and gets the answer it had; x-request-id would be a door for replays, as it can be the client's.
 *
 * The claim names the key material, not the policy: a policy under a new name, or a second one at another
 * gateway with the same keys, takes the same signature, and must not take it again.
 */
export function createClaimNonce(claim: ClaimNonce): Stage {
  return (evidence) => {
    const { verify, signer, presented } = evidence;
    if (signer === undefined || presented === undefined) return deny('internal_error');
    const used = usedUp(presented, verify.nonce);
    switch (used.kind) {
      case 'nothing':
        evidence.isUnseen = true;
        return PASS;
      case 'missing':
        return deny('missing_nonce', signer);
      case 'short':
        return deny('malformed_nonce', signer);
      case 'once': {
        const claimed = claim(wantedClaim(evidence, signer, used.text));
        // No turn of the event loop where the store is in this process.
        if (typeof claimed === 'string') return conclude(claimed, evidence, signer);
        return claimed.then((answer) => conclude(answer, evidence, signer));
      }
    }
  };
}

type UsedUp =
  | { readonly kind: 'nothing' | 'missing' | 'short' }
  | { readonly kind: 'once'; readonly text: string };

function usedUp(presented: Presented, { use, minLength }: NonceRule): UsedUp {
  const { nonce } = presented;
  if (nonce !== undefined) {
    return nonce.length < minLength ? { kind: 'short' } : { kind: 'once', text: nonce };
  }
  if (use === 'required') return { kind: 'missing' };
  if (use === 'optional') return { kind: 'nothing' };
  // The signed text, not the signature: of some algorithms anybody can make a second one from the first.
  return { kind: 'once', text: `=${hash('sha256', presented.base(), 'base64url')}` };
}

function wantedClaim({ message, rule, verify }: Evidence, signer: SigningKey, text: string): WantedClaim {
  return {
    store: rule.nonceStore,
    onStoreDown: rule.onStoreDown,
    // Neither can hold a space, so no two claims share a key by accident.
    key: `${scopeOf(rule, verify, signer)} ${text}`,
    ttlMs: rule.rememberMs + MARGIN_MS,
    attempt: message.attempt,
  };
}

/** A signature on trial uses nothing up that an enforced one needs. */
function scopeOf(rule: Rule, verify: Evidence['verify'], { nonceScope }: SigningKey): string {
  return verify === rule.candidate ? `trial-${nonceScope}` : nonceScope;
}

function conclude(claimed: NonceClaim, evidence: Evidence, signer: SigningKey): StageResult {
  switch (claimed) {
    case 'fresh':
      evidence.isUnseen = true;
      return PASS;
    case 'replayed':
      return deny('replayed_nonce', signer);
    case 'full':
      return deny('store_full', signer);
    case 'unavailable':
      return deny('store_unavailable', signer);
  }
}
