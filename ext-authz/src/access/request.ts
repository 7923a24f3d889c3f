import type { Caller, Claims } from '../identity/index.ts';
import type { SigningKey } from '../keys/index.ts';
import type { Message } from '../message/index.ts';
import { type HeaderWord, headerWords } from './header-words.ts';

/** All that a rule can rest on; made once for a request, and read by every policy. */
export interface AccessRequest {
  readonly method: string;
  /** Without the query. Empty when the exact bytes are not known. */
  readonly path: string;
  readonly target: string;
  readonly authority: string;
  /** IP address of the connection; empty when unknown. */
  readonly source: string;
  readonly caller: Caller;
  /** Owner of the key that signed, and its id; empty without a proven signature. */
  readonly principal: string;
  readonly keyId: string;
  /** Lower-case name to what it says; made on first use. */
  readonly headers: () => ReadonlyMap<string, HeaderWord>;
  readonly nowMs: number;
}

/** What differs between policies: each has an issuer of its own. */
export interface PolicyRequest extends AccessRequest {
  readonly claims: Claims;
}

/** A message as rules see it. */
export function accessRequest(
  message: Message,
  caller: Caller,
  signer: Pick<SigningKey, 'id' | 'owner'> | undefined,
  nowMs: number,
): AccessRequest {
  let words: ReadonlyMap<string, HeaderWord> | undefined;
  return {
    method: message.method,
    path: message.target.split('?', 1)[0] ?? '',
    target: message.target,
    authority: message.authority,
    source: message.peer.address,
    caller,
    principal: signer?.owner ?? '',
    keyId: signer?.id ?? '',
    headers: () => (words ??= headerWords(message)),
    nowMs,
  };
}
