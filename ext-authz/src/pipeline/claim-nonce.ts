import type { NonceClaim } from '../replay/index.ts';
import { deny, pass, type Stage } from './stage.ts';

/** Claims a nonce in the store that a policy names. */
export type ClaimNonce = (store: 'embedded' | 'redis', key: string, ttlMs: number) => Promise<NonceClaim>;

/** Timestamps are whole seconds. */
const MARGIN_MS = 1_000;

/**
 * Uses the nonce up. It runs after the signature was proven, or anybody could burn a victim's nonces.
 *
 * A nonce that was seen is a replay even when the same request id comes with it: x-request-id can be
 * the client's own on a sidecar, so an "idempotent answer" would be a door for replays. Envoy makes one
 * check per request, retries included; only an internal redirect makes two, and Paymesh sets up none.
 *
 * The claim names the secret, not the policy: a policy under a new name, or a second one at another
 * gateway with the same keys, takes the same signature, and must not take it again.
 */
export function createClaimNonce(claim: ClaimNonce): Stage {
  return async (evidence) => {
    const { rule, signer, credential } = evidence;
    if (signer === undefined || credential === undefined) return deny('internal_error');
    const ttlMs = rule.rememberMs + MARGIN_MS;
    // Neither can hold a space, so no two claims share a key by accident.
    const key = `${signer.nonceScope} ${credential.nonce}`;
    const claimed = await claim(rule.nonceStore, key, ttlMs);
    switch (claimed) {
      case 'fresh':
        return pass({ ...evidence, isNonceClaimed: true });
      case 'replayed':
        return deny('replayed_nonce', signer);
      case 'full':
        return deny('store_full', signer);
      case 'unavailable':
        return deny('store_unavailable', signer);
    }
  };
}
