import type { DenialReason } from '../../decision/index.ts';
import { parseChinaTime } from '../china-time.ts';
import { type FormField, joinFields, readsBack, sortFields } from '../form/index.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { type FormRules, signedFields } from './canonical.ts';

/** A signed form, checked for form. Nothing in it is proven yet. */
export interface SignedForm {
  /** app_id, as it is signed; undefined in a notification that names only a certificate. */
  readonly appId: string | undefined;
  readonly certSn: string | undefined;
  /** The joined fields: what was signed, in UTF-8. */
  readonly text: string;
  readonly createdMs: number | undefined;
  readonly signature: Uint8Array;
}

export type ParsedSignedForm =
  | { readonly kind: 'form'; readonly form: SignedForm }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** The one signature type: RSA with SHA-256. `RSA` is SHA-1. */
export const SIGN_TYPE = 'RSA2';
/** In the pattern of ids and of serials of certificates. */
const ID = /^[A-Za-z0-9]{1,64}$/;

/**
 * Reads the fields of a form. One without a value is not signed: anybody can add or remove it, so here and for
 * whoever reads the form behind it is the same as absent. The signature type comes from here and never from the form.
 */
export function parseSignedForm(fields: readonly FormField[], rules: FormRules): ParsedSignedForm {
  const values = new Map(fields);
  const sign = values.get('sign');
  if (sign === undefined) return { kind: 'absent' };
  const textOf = (name: string) => values.get(name) || undefined;
  const isRequest = !rules.leftOut.has('sign_type');
  const problem = problemOf(textOf, isRequest);
  if (problem !== undefined) return refuse(problem);
  const appId = textOf('app_id');
  const certSn = textOf(rules.certSn);
  if (!isKeyNamed(appId, certSn, isRequest)) return refuse('malformed_key_id');
  const time = textOf(rules.time);
  const createdMs = time === undefined ? undefined : parseChinaTime(time, 'dashed');
  if (time !== undefined && createdMs === undefined) return refuse('malformed_timestamp');
  const signature = decodeBase64(sign);
  if (signature === undefined) return refuse('malformed_signature');
  const sorted = sortFields(signedFields(fields, rules));
  if (!readsBack(sorted, rules.text)) return refuse('ambiguous_signature');
  return { kind: 'form', form: { appId, certSn, text: joinFields(sorted), createdMs, signature } };
}

/** A request must say its type and charset; a notification may leave them out, and must not say others. */
function problemOf(
  textOf: (name: string) => string | undefined,
  isRequest: boolean,
): DenialReason | undefined {
  const type = textOf('sign_type');
  const charset = textOf('charset')?.toLowerCase();
  if (isRequest && (type === undefined || charset === undefined)) return 'malformed_parameter';
  if (type !== undefined && type !== SIGN_TYPE) return 'unsupported_algorithm';
  return charset === undefined || charset === 'utf-8' ? undefined : 'malformed_parameter';
}

function isKeyNamed(appId: string | undefined, certSn: string | undefined, isRequest: boolean): boolean {
  if (appId === undefined && (isRequest || certSn === undefined)) return false;
  return ID.test(appId ?? 'a') && ID.test(certSn ?? 'a');
}

function refuse(reason: DenialReason): ParsedSignedForm {
  return { kind: 'refused', reason };
}
