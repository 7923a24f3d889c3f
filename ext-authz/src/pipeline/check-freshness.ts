import { deny, pass, type Stage } from './stage.ts';

/** The timestamp must lie within the window past and the skew ahead, both ends included. */
export const checkFreshness: Stage = (evidence) => {
  const { credential, rule, nowMs } = evidence;
  if (credential === undefined) return deny('internal_error');
  const ageMs = nowMs - credential.timestampMs;
  if (ageMs > rule.windowMs) return deny('stale_timestamp');
  if (-ageMs > rule.skewMs) return deny('future_timestamp');
  return pass(evidence);
};
