import type { DenialReason } from '../decision/index.ts';
import { type KeyState, keyState, type SigningKey } from '../keys/index.ts';
import { findHeader, type Message } from '../message/index.ts';
import { verifyHmac } from '../signature/hmac/index.ts';
import { deny, type Evidence, pass, type Stage } from './stage.ts';

const METHOD = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Origin form in visible ASCII. Nothing is decoded or folded: bytes are compared, and bytes go upstream. */
const TARGET = /^\/[\x21-\x7e]*$/;

const REASON_OF_STATE: Readonly<Record<Exclude<KeyState, 'active'>, DenialReason>> = {
  revoked: 'revoked_key',
  expired: 'expired_key',
  future: 'future_key',
};

/** Proves that the key named in the request signed these very bytes, then that it may. */
export const verifySignature: Stage = (evidence) => {
  const { message, rule, credential, body, nowMs } = evidence;
  if (credential === undefined || body === undefined) return deny('internal_error');
  if (!isPlainTarget(message)) return deny('malformed_target');
  const headers = coveredHeaders(evidence);
  if (headers.kind === 'deny') return deny(headers.reason);
  const key = rule.keys.get(credential.keyId);
  const isSigned = verifyHmac({
    parts: {
      method: message.method,
      target: message.target,
      timestamp: credential.timestamp,
      nonce: credential.nonce,
      body,
      headers: headers.values,
    },
    mac: credential.mac,
    key: key?.secret,
  });
  return judge(evidence, key, isSigned, nowMs);
};

/** Unknown, wrong and disabled keys all cost one verification and give one answer. */
function judge(evidence: Evidence, key: SigningKey | undefined, isSigned: boolean, nowMs: number) {
  if (key === undefined) return deny('unknown_key');
  if (!isSigned) return deny('bad_signature', key);
  const state = keyState(key, nowMs);
  if (state !== 'active') return deny(REASON_OF_STATE[state], key);
  return pass({ ...evidence, signer: key });
}

function isPlainTarget({ method, target, isLossy }: Message): boolean {
  if (!METHOD.test(method) || !TARGET.test(target)) return false;
  // Without raw headers a `!` may stand for a byte that the upstream would see and the signer never wrote.
  return !(isLossy && target.includes('!'));
}

type CoveredHeaders =
  | { readonly kind: 'values'; readonly values: readonly (readonly [string, string])[] }
  | { readonly kind: 'deny'; readonly reason: DenialReason };

function coveredHeaders({ message, rule }: Evidence): CoveredHeaders {
  const values: (readonly [string, string])[] = [];
  for (const name of rule.covered) {
    const found = findHeader(message, name);
    if (found.kind === 'absent') return { kind: 'deny', reason: 'missing_covered_header' };
    if (found.kind === 'repeated') return { kind: 'deny', reason: 'repeated_header' };
    if (found.kind === 'unclean') return { kind: 'deny', reason: 'unclean_header' };
    values.push([name, found.value]);
  }
  return { kind: 'values', values };
}
