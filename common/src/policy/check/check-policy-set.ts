import type { Outline } from '../parse-document.ts';
import type { Finding, PolicyDocument } from '../types.ts';

export interface CheckOptions {
  /** Unix milliseconds, to warn of keys that expire. Absent: no such warning. */
  readonly nowMs?: number;
  /** Documents with errors: what refers to them is not a finding too. Default none. */
  readonly unusable?: readonly Outline[];
}

/** Checks what no document can know alone: references, conflicts, and whether retries could pay twice. */
export function checkPolicySet(
  _documents: readonly PolicyDocument[],
  _options: CheckOptions = {},
): readonly Finding[] {
  return [];
}
