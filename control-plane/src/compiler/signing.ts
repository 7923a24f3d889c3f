import type { DocumentOf } from '@paymesh/common/policy';

import type { SigningIr } from '../ir/index.ts';
import { provenance } from './merge.ts';
import { documentId } from './mesh.ts';

/** The signature check of a route, and where it was typed. */
export interface CompiledSigning {
  readonly signing: SigningIr;
  readonly from: string;
}

/**
 * One SigningPolicy holds for a route: the strongest that is enforced. A policy in shadow mode, however
 * deep, cannot loosen an enforced one.
 */
export function compileSigning(
  policies: readonly DocumentOf<'SigningPolicy'>[],
): CompiledSigning | undefined {
  const policy = policies.find(({ spec }) => spec.mode === 'Enforce') ?? policies[0];
  if (policy === undefined) return undefined;
  return {
    signing: {
      policy: documentId(policy),
      isShadow: policy.spec.mode === 'Shadow',
      maxBodyBytes: policy.spec.maxBodyBytes,
    },
    from: provenance(policy.at),
  };
}
