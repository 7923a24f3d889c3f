import { hash } from 'node:crypto';

import type { PolicyDocument } from '@paymesh/common/policy';

/** Long enough that no two sets of a mesh share one, short enough for a log line. */
const HEX_DIGITS = 16;

/** A name for what a set of documents says: the same documents have it on every replica, wherever they stand. */
export function revisionOf(documents: readonly PolicyDocument[]): string {
  const said = documents.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }));
  return hash('sha256', JSON.stringify(said), 'hex').slice(0, HEX_DIGITS);
}
