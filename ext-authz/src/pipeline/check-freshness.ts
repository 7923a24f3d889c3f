import { deny, PASS, type Stage } from './stage.ts';

/** The signature must be made within the window past and the skew ahead, both ends included, and not have expired. */
export const checkFreshness: Stage = (evidence) => {
  const { presented, nowMs } = evidence;
  if (presented === undefined) return deny('internal_error');
  const { windowMs, skewMs } = evidence.verify;
  const { createdMs, expiresMs } = presented;
  if (expiresMs !== undefined && nowMs > expiresMs) return deny('expired_signature');
  if (createdMs === undefined) {
    // Nothing says how old it is. Schemes without a time have no window; of others it is a part left out.
    return windowMs === undefined ? PASS : deny('missing_parameter');
  }
  if (windowMs !== undefined && nowMs - createdMs > windowMs) return deny('stale_timestamp');
  if (createdMs - nowMs > skewMs) return deny('future_timestamp');
  return PASS;
};
