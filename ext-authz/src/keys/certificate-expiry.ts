import type { DocumentOf } from '@paymesh/common/policy';

import { type BadKey, bad } from './bad-key.ts';
import type { SigningKey } from './key-ring.ts';

/** As long before as for the dates that stand in the document, which the checker of policies warns of. */
const NOTICE_MS = 14 * 86_400_000;

/** Keys whose certificate ends soon and before the date that the document gives them, if it gives any. */
export function certificateExpiry(
  { spec }: DocumentOf<'KeySet'>,
  keys: ReadonlyMap<string, SigningKey>,
  nowMs: number,
): readonly { readonly path: string; readonly why: BadKey }[] {
  const places = new Map(
    spec.keys.map((key, index) => [
      key.id,
      { path: `spec.keys[${index}].publicKey`, typedMs: key.notAfterMs },
    ]),
  );
  return [...keys.values()].flatMap(({ id, notAfterMs, isRevoked }) => {
    const { path, typedMs } = places.get(id) ?? { path: 'spec.folder.path', typedMs: undefined };
    if (isRevoked || notAfterMs === undefined || notAfterMs === typedMs) return [];
    return notAfterMs > nowMs + NOTICE_MS ? [] : [{ path, why: ending(id, notAfterMs, nowMs) }];
  });
}

function ending(id: string, notAfterMs: number, nowMs: number): BadKey {
  const isOver = notAfterMs <= nowMs;
  const end = new Date(notAfterMs).toISOString();
  return bad(
    isOver ? 'PM4007' : 'PM4008',
    'a certificate that is valid for more than 14 days from now',
    `that of key "${id}", which ${isOver ? 'expired' : 'expires'} at ${end}`,
  );
}
