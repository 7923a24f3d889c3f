import type { FindingCode } from '@paymesh/common/policy';

/** Why a key cannot be used; no text of it is ever repeated. */
export interface BadKey {
  readonly kind: 'bad';
  readonly code: FindingCode;
  /** What is wanted, as in a finding. */
  readonly expected: string;
  readonly got: string;
  readonly hint?: string;
}

/** A refusal with its code. */
export function bad(code: FindingCode, expected: string, got: string, hint?: string): BadKey {
  return { kind: 'bad', code, expected, got, ...(hint === undefined ? {} : { hint }) };
}

/** The refusal as one sentence. */
export function sentenceOf({ expected, got }: BadKey): string {
  return `expected ${expected}; got ${got}`;
}
