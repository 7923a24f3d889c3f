import type { DenialReason } from '../decision/index.ts';
import { type KeyRing, type KeyState, keyState, type SigningKey } from '../keys/index.ts';
import { anyScheme, nobodysKey, type Presented } from '../signature/index.ts';
import { deny, type Evidence, PASS, type Stage, type StageResult } from './stage.ts';

const REASON_OF_STATE: Readonly<Record<KeyState, DenialReason | undefined>> = {
  active: undefined,
  retiring: undefined,
  pending: 'pending_key',
  revoked: 'revoked_key',
  expired: 'expired_key',
};
/** Most keys tried where a scheme names none. */
const MAX_UNNAMED_KEYS = 8;

/** Proves that a key of the set signed these very bytes, then that it may. Unknown, wrong and disabled keys all cost one verification and give one answer. */
export const proveSignature: Stage = (evidence) => {
  const { presented, verify } = evidence;
  if (presented === undefined) return deny('internal_error');
  const { signer } = presented;
  if (signer.kind === 'unnamed') return proveUnnamed(evidence, presented);
  const key = findKey(verify.keys, signer.ids);
  if (key !== undefined || verify.keys.lookUp === undefined) return judge(evidence, presented, key);
  return lookUp(verify.keys.lookUp, signer.ids).then((found) => judge(evidence, presented, found));
};

function findKey(keys: KeyRing, ids: readonly string[]): SigningKey | undefined {
  for (const id of ids) {
    const key = keys.get(id);
    if (key !== undefined) return key;
  }
  return undefined;
}

async function lookUp(
  ask: (id: string) => Promise<SigningKey | undefined>,
  [id]: readonly string[],
): Promise<SigningKey | undefined> {
  return id === undefined ? undefined : ask(id);
}

function judge(evidence: Evidence, presented: Presented, key: SigningKey | undefined): StageResult {
  const [usual, ...others] = anyScheme.algorithms(evidence.verify.profile);
  const isUsable = key !== undefined && (key.algorithm === usual || others.includes(key.algorithm));
  const isSigned = presented.prove(
    isUsable ? key : nobodysKey(presented.algorithm ?? presented.likely ?? usual),
  );
  if (key === undefined) return deny('unknown_key');
  if (!isUsable || isOtherAlgorithm(presented, key)) return deny('algorithm_mismatch', key);
  if (!isSigned) return deny('bad_signature', key);
  return accept(evidence, presented, key);
}

function isOtherAlgorithm({ algorithm }: Presented, key: SigningKey): boolean {
  return algorithm !== undefined && algorithm !== key.algorithm;
}

function accept(evidence: Evidence, presented: Presented, key: SigningKey): StageResult {
  const reason = REASON_OF_STATE[keyState(key, evidence.nowMs)];
  if (reason !== undefined) return deny(reason, key);
  const { signer } = presented;
  // An account that is not signed could name anybody; the service behind may believe it.
  const account = signer.kind === 'named' ? signer.account : undefined;
  if (account !== undefined && evidence.verify.accounts === 'owner' && account !== key.owner)
    return deny('key_owner_mismatch', key);
  evidence.signer = key;
  return PASS;
}

/** The scheme names no key: the one that verifies is the signer. A key that may not sign is passed over. */
function proveUnnamed(evidence: Evidence, presented: Presented): StageResult {
  const allowed = anyScheme.algorithms(evidence.verify.profile);
  let refused: StageResult = deny('bad_signature');
  let tried = 0;
  for (const key of evidence.verify.keys.values()) {
    if (!allowed.includes(key.algorithm)) continue;
    tried += 1;
    if (tried > MAX_UNNAMED_KEYS) break;
    if (!presented.prove(key)) continue;
    const accepted = accept(evidence, presented, key);
    if (accepted.kind === 'pass') return accepted;
    refused = accepted;
  }
  return refused;
}
