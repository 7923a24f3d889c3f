import type { DenialReason } from '../../decision/index.ts';
import { decodeBase64 } from '../strict-base64.ts';

/** What `Authorization: ALIPAY-SHA256withRSA ...` says. */
export interface V3Credential {
  readonly appId: string;
  readonly certSn: string | undefined;
  readonly nonce: string;
  readonly timestampMs: number;
  /** All before `,sign=`, as sent: it is signed as text. */
  readonly auth: string;
  readonly signature: Uint8Array;
}

export type ParsedAuthorization =
  | { readonly kind: 'credential'; readonly credential: V3Credential }
  /** Authorization of another kind, such as Bearer. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** The one algorithm that is verified. */
export const SCHEME = 'ALIPAY-SHA256withRSA';
const FAMILY = 'alipay-';
const SIGN = ',sign=';
/** `name=value`, without quotes, commas or spaces. */
const PARAMETER = /^([A-Za-z_]{1,32})=([\x21-\x2b\x2d-\x7e]{1,1024})$/;
const ID = /^[A-Za-z0-9]{1,64}$/;
const NONCE = /^[A-Za-z0-9_-]{1,128}$/;
/** Unix milliseconds: no sign, no fraction, no exponent. */
const TIMESTAMP = /^[0-9]{1,15}$/;

/** Reads the header strictly: parameters joined by commas, each once, `sign` the last; further ones are signed as well. */
export function parseAuthorization(value: string): ParsedAuthorization {
  const end = value.indexOf(' ');
  const scheme = end < 0 ? value : value.slice(0, end);
  if (!scheme.toLowerCase().startsWith(FAMILY)) return { kind: 'absent' };
  if (scheme !== SCHEME) return refuse('unsupported_algorithm');
  const rest = value.slice(scheme.length + 1);
  const at = rest.indexOf(SIGN);
  if (at < 0) return refuse('malformed_parameter');
  const auth = rest.slice(0, at);
  const parameters = parseParameters(auth);
  if (typeof parameters === 'string') return refuse(parameters);
  const signature = decodeBase64(rest.slice(at + SIGN.length));
  if (signature === undefined) return refuse('malformed_signature');
  return readCredential(parameters, auth, signature);
}

function readCredential(
  parameters: ReadonlyMap<string, string>,
  auth: string,
  signature: Uint8Array,
): ParsedAuthorization {
  const appId = parameters.get('app_id') ?? '';
  const certSn = parameters.get('app_cert_sn');
  const nonce = parameters.get('nonce') ?? '';
  const timestamp = parameters.get('timestamp') ?? '';
  if (!ID.test(appId) || !ID.test(certSn ?? 'a')) return refuse('malformed_key_id');
  if (!NONCE.test(nonce)) return refuse('malformed_nonce');
  if (!TIMESTAMP.test(timestamp)) return refuse('malformed_timestamp');
  const credential = { appId, certSn, nonce, timestampMs: Number(timestamp), auth, signature };
  return { kind: 'credential', credential };
}

function parseParameters(auth: string): ReadonlyMap<string, string> | DenialReason {
  const parameters = new Map<string, string>();
  for (const part of auth.split(',')) {
    const [, name, value] = PARAMETER.exec(part) ?? [];
    if (name === undefined || value === undefined) return 'malformed_parameter';
    if (parameters.has(name)) return 'duplicate_parameter';
    parameters.set(name, value);
  }
  return parameters;
}

function refuse(reason: DenialReason): ParsedAuthorization {
  return { kind: 'refused', reason };
}
