import { loadPrivateKey } from '../client/index.ts';
import type { SigningKey } from '../keys/index.ts';
import type { Rule } from '../rules/index.ts';
import type { PrivateSigningKey } from '../signature/index.ts';

export interface WantedKey {
  /** Id in the KeySet of the policy. Undefined: the first that may sign. */
  readonly id: string | undefined;
  /** PEM text of the private key, for all algorithms but hmac-sha256. */
  readonly pem?: string | undefined;
}

/** The key to sign with for a policy; throws a sentence that says what is missing. */
export function signingKeyOf({ policyId, verify }: Rule, { id, pem }: WantedKey): PrivateSigningKey {
  const known = [...verify.keys.values()];
  const key = id === undefined ? known.find((one) => !one.isRevoked) : verify.keys.get(id);
  if (key === undefined) {
    const ids = known.map((one) => one.id).join(', ');
    throw new Error(`${policyId} has no key ${id ?? 'that may sign'}; it has ${ids || 'none'}`);
  }
  if (key.algorithm === 'hmac-sha256')
    return { id: key.id, account: key.owner, algorithm: key.algorithm, key: key.key };
  return privateKey(key, pem);
}

/** Policies hold public keys only, so the other half comes from elsewhere. */
function privateKey({ id, owner, algorithm }: SigningKey, pem: string | undefined): PrivateSigningKey {
  if (pem === undefined) throw new Error(`key ${id} is ${algorithm}: its private key must be given`);
  return loadPrivateKey({ id, account: owner, algorithm, pem });
}
