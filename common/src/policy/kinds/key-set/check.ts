import { documentFinding } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import type { DocumentOf, Finding, KeySpec } from '../../types.ts';

/** So long before its end a key is warned of. */
const NOTICE_MS = 14 * 86_400_000;

/** Warns of keys that have expired or soon will; says nothing when the time is not known. */
export function checkKeySets(set: PolicySet): readonly Finding[] {
  const { nowMs } = set;
  if (nowMs === undefined) return [];
  return set
    .of('KeySet')
    .flatMap((keySet) => keySet.spec.keys.flatMap((key, index) => checkExpiry(keySet, key, index, nowMs)));
}

function checkExpiry(
  keySet: DocumentOf<'KeySet'>,
  { id, notAfterMs, revoked }: KeySpec,
  index: number,
  nowMs: number,
): readonly Finding[] {
  if (revoked || notAfterMs === undefined || notAfterMs > nowMs + NOTICE_MS) return [];
  const path = `spec.keys[${index}].notAfter`;
  const end = new Date(notAfterMs).toISOString();
  const isExpired = notAfterMs <= nowMs;
  return [
    documentFinding(keySet, isExpired ? 'PM4007' : 'PM4008', {
      path,
      expected: 'a key that is valid for more than 14 days from now',
      got: `key "${id}", which ${isExpired ? 'expired' : 'expires'} at ${end}`,
    }),
  ];
}
