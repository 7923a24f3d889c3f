import type { DenialReason } from '../../decision/index.ts';
import { type Credential, parseCredential } from './parse.ts';

/** What `Authorization: WECHATPAY2-SHA256-RSA2048 ...` says. */
export interface RequestCredential extends Credential {
  /** Merchant number. The signed text does not hold it. */
  readonly mchid: string;
}

export type ParsedAuthorization =
  | { readonly kind: 'credential'; readonly credential: RequestCredential }
  /** Authorization of another kind, such as Bearer. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** The one algorithm that is verified; also the value of Wechatpay-Signature-Type. */
export const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const FAMILY = 'wechatpay2-';
const NAMES: ReadonlySet<string> = new Set(['mchid', 'nonce_str', 'timestamp', 'serial_no', 'signature']);
/** `name="value"`, from its start to the comma after it. Nothing is escaped inside the quotes. */
const PARAMETER = /([a-z_]{1,32})="([^"\\]*)"(?:[ \t]*,[ \t]*(?=[a-z])|$)/y;
const MCHID = /^[0-9]{1,32}$/;

/** Reads the header strictly: five parameters, each once, in any order, each quoted. */
export function parseAuthorization(value: string): ParsedAuthorization {
  const end = value.indexOf(' ');
  const scheme = end < 0 ? value : value.slice(0, end);
  if (!scheme.toLowerCase().startsWith(FAMILY)) return { kind: 'absent' };
  if (scheme !== SCHEME) return { kind: 'refused', reason: 'unsupported_algorithm' };
  const parameters = parseParameters(value.slice(scheme.length + 1));
  if (typeof parameters === 'string') return { kind: 'refused', reason: parameters };
  const textOf = (name: string) => parameters.get(name) ?? '';
  const parsed = parseCredential({
    serial: textOf('serial_no'),
    timestamp: textOf('timestamp'),
    nonce: textOf('nonce_str'),
    signature: textOf('signature'),
  });
  if (parsed.kind === 'refused') return parsed;
  const mchid = textOf('mchid');
  if (!MCHID.test(mchid)) return { kind: 'refused', reason: 'malformed_parameter' };
  return { kind: 'credential', credential: { ...parsed.credential, mchid } };
}

function parseParameters(text: string): ReadonlyMap<string, string> | DenialReason {
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    PARAMETER.lastIndex = at;
    const [whole, name, value] = PARAMETER.exec(text) ?? [];
    if (whole === undefined || name === undefined || value === undefined) return 'malformed_parameter';
    if (!NAMES.has(name)) return 'malformed_parameter';
    if (parameters.has(name)) return 'duplicate_parameter';
    parameters.set(name, value);
    at += whole.length;
  }
  return parameters.size === NAMES.size ? parameters : 'malformed_parameter';
}
