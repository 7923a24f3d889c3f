import type { Mode } from '@paymesh/common/policy';

import type { VerifyToken } from '../identity/index.ts';
import type { Judge } from './judge.ts';

/** An AccessPolicy ready to be applied. */
export interface Access {
  /** `namespace/name`. */
  readonly policyId: string;
  readonly mode: Mode;
  readonly needsPeer: boolean;
  /** Undefined: the policy reads no token. */
  readonly verifyToken: VerifyToken | undefined;
  readonly judge: Judge;
}

/** All of them by policy id; never changed, only replaced as a whole. */
export type AccessSet = ReadonlyMap<string, Access>;
