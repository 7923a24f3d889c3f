import type { DenialReason } from '../../decision/index.ts';
import { parseHexMac } from '../mac-text.ts';
import { type Scope, TERMINATOR } from './scope.ts';

/** Name of the algorithm in the header and in the signed text. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** An Authorization header of Signature Version 4, checked for form. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** Lower case, sorted, each once. */
  readonly signedHeaders: readonly string[];
  /** 32 bytes. */
  readonly mac: Buffer;
}

export type ParsedAuthorization =
  | { readonly kind: 'authorization'; readonly authorization: Authorization }
  /** Some other way to authorize. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Most headers that one signature covers. */
const MAX_HEADERS = 64;
const PART = /^(Credential|SignedHeaders|Signature)=([^\s,=]+)$/;
const ACCESS_KEY_ID = /^[\w.:@-]{1,128}$/;
const DATE = /^[0-9]{8}$/;
const NAME = /^[a-z0-9-]{1,64}$/;
/** A field name in lower case. */
const FIELD = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/** Reads `AWS4-HMAC-SHA256 Credential=ID/SCOPE, SignedHeaders=a;b, Signature=HEX`, parts in any order. SigV4A is refused. */
export function parseAuthorization(text: string): ParsedAuthorization {
  if (!text.startsWith('AWS4-')) return { kind: 'absent' };
  if (!text.startsWith(`${ALGORITHM} `)) return refuse('unsupported_algorithm');
  const parts = new Map<string, string>();
  for (const part of text.slice(ALGORITHM.length + 1).split(/, ?/)) {
    const [, name, value] = PART.exec(part) ?? [];
    if (name === undefined || value === undefined) return refuse('malformed_signature');
    if (parts.has(name)) return refuse('duplicate_parameter');
    parts.set(name, value);
  }
  return readParts(parts);
}

function readParts(parts: ReadonlyMap<string, string>): ParsedAuthorization {
  const [accessKeyId = '', date = '', region = '', service = '', end, ...rest] =
    parts.get('Credential')?.split('/') ?? [];
  if (!ACCESS_KEY_ID.test(accessKeyId)) return refuse('malformed_key_id');
  const isScope = DATE.test(date) && NAME.test(region) && NAME.test(service);
  if (!isScope || end !== TERMINATOR || rest.length > 0) return refuse('malformed_parameter');
  const signedHeaders = parts.get('SignedHeaders')?.split(';') ?? [];
  if (signedHeaders.length > MAX_HEADERS) return refuse('oversized_signature');
  if (!signedHeaders.every(isNextOf)) return refuse('malformed_parameter');
  const mac = parseHexMac(parts.get('Signature') ?? '');
  if (mac === undefined) return refuse('malformed_signature');
  const scope = { date, region, service };
  return { kind: 'authorization', authorization: { accessKeyId, scope, signedHeaders, mac } };
}

/** Sorted, so that one set of headers has one text; and none is there twice. */
function isNextOf(name: string, index: number, all: readonly string[]): boolean {
  const before = all[index - 1];
  return FIELD.test(name) && (before === undefined || before < name);
}

function refuse(reason: DenialReason): ParsedAuthorization {
  return { kind: 'refused', reason };
}
