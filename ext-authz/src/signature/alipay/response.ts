import { type BoundKey, verifyBytes } from '../crypto/index.ts';
import { endOfNested } from '../form/index.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { v3ResponseText } from './canonical.ts';

export type ResponseText =
  | {
      readonly kind: 'text';
      /** The object, byte for byte as it stands in the answer: what is signed, and all that may be believed. */
      readonly text: string;
      readonly sign: string;
      readonly certSn: string | undefined;
    }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Finds what Alipay signed in a synchronous answer of open API 2.0: the value of `<method>_response` or of `error_response`. */
export function responseText(raw: string, method: string): ResponseText {
  const members = readMembers(raw);
  if (members === undefined) return malformed('the answer is not one JSON object with each name once');
  const own = members.get(`${method.replaceAll('.', '_')}_response`);
  const error = members.get('error_response');
  if (own !== undefined && error !== undefined) return malformed('the answer is both an answer and an error');
  const text = own ?? error;
  if (text === undefined) return malformed(`the answer has no part for ${method}`);
  if (!text.startsWith('{')) return malformed('the part is no object: encrypted answers are not read');
  const sign = stringOf(members.get('sign'));
  if (sign === undefined) return malformed('the answer is not signed');
  return { kind: 'text', text, sign, certSn: stringOf(members.get('alipay_cert_sn')) };
}

export type CheckedResponse =
  | { readonly kind: 'verified'; readonly text: string }
  | { readonly kind: 'refused'; readonly problem: string };

/** Verifies a synchronous answer of open API 2.0 with Alipay's key. Use only the text that comes back. */
export function checkResponse(raw: string, method: string, key: BoundKey): CheckedResponse {
  const found = responseText(raw, method);
  if (found.kind === 'malformed') return { kind: 'refused', problem: found.problem };
  return check(Buffer.from(found.text, 'utf8'), found.sign, key, found.text);
}

/** An answer of open API 3.0: its headers alipay-timestamp, alipay-nonce, alipay-signature, and its body. */
export interface V3Response {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly body: Uint8Array;
}

/** Verifies an answer of open API 3.0 with the key that belongs to its alipay-sn; how old it may be is the caller's to say. */
export function checkV3Response(response: V3Response, key: BoundKey): CheckedResponse {
  const { timestamp, nonce, signature, body } = response;
  if (/\n/.test(timestamp + nonce)) return { kind: 'refused', problem: 'a header holds a line break' };
  return check(v3ResponseText(timestamp, nonce, body), signature, key, Buffer.from(body).toString('utf8'));
}

function check(base: Uint8Array, sign: string, key: BoundKey, text: string): CheckedResponse {
  const signature = decodeBase64(sign);
  const isVerified = signature !== undefined && verifyBytes(key, base, signature);
  return isVerified
    ? { kind: 'verified', text }
    : { kind: 'refused', problem: 'the signature is not that of the answer' };
}

const STRING = /[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*/y;
const SCALAR = /[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*"|[^,}\s]+)/y;
const SPACE = /[ \t\r\n]*/y;

/** The members of an object, each value as it is written; undefined when a name comes twice or it is no object. */
function readMembers(raw: string): ReadonlyMap<string, string> | undefined {
  if (!isObject(raw)) return undefined;
  const members = new Map<string, string>();
  let at = raw.indexOf('{') + 1;
  // The whole is known to be valid JSON: what follows need only find where things end.
  for (;;) {
    STRING.lastIndex = at;
    const [, name] = STRING.exec(raw) ?? [];
    if (name === undefined) return members;
    const start = skip(SPACE, raw, STRING.lastIndex + 1);
    const nested = endOfNested(raw, start);
    const end = nested > start ? nested : skip(SCALAR, raw, start);
    const key = stringOf(name);
    if (key === undefined || members.has(key)) return undefined;
    members.set(key, raw.slice(start, end));
    at = skip(SPACE, raw, end) + 1;
  }
}

function skip(pattern: RegExp, raw: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(raw) ? pattern.lastIndex : at;
}

function isObject(raw: string): boolean {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // No JSON: the caller says so.
    return false;
  }
}

function stringOf(json: string | undefined): string | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  return typeof value === 'string' ? value : undefined;
}

function malformed(problem: string): ResponseText {
  return { kind: 'malformed', problem };
}
