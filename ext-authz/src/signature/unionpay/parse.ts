import { X509Certificate } from 'node:crypto';

import type { DenialReason } from '../../decision/index.ts';
import { parseChinaTime } from '../china-time.ts';
import { type FormField, joinFields, readsBack, sortFields } from '../form/index.ts';
import { decodeBase64 } from '../strict-base64.ts';
import { SIGN_METHOD, signedFields, TEXT_RULES, VERSION } from './canonical.ts';

/** A signed form, checked for form. Nothing in it is proven yet. */
export interface SignedForm {
  /** Serial number of the certificate that signed, in decimal. */
  readonly certId: string;
  /** The joined fields, in UTF-8. */
  readonly text: string;
  readonly createdMs: number | undefined;
  readonly signature: Uint8Array;
}

export type ParsedSignedForm =
  | { readonly kind: 'form'; readonly form: SignedForm }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

const CERT_ID = /^[0-9]{1,64}$/;
/** Longest certificate that is looked at, in characters of PEM. */
const MAX_PEM_CHARS = 8_192;

/** Reads the fields of a form. One without a value is not signed, and is the same as absent. */
export function parseSignedForm(fields: readonly FormField[]): ParsedSignedForm {
  const values = new Map(fields);
  const signatureText = values.get('signature');
  if (signatureText === undefined) return { kind: 'absent' };
  const textOf = (name: string) => values.get(name) || undefined;
  if (textOf('version') !== VERSION || textOf('signMethod') !== SIGN_METHOD)
    return refuse('unsupported_algorithm');
  if (textOf('encoding')?.toUpperCase() !== 'UTF-8') return refuse('malformed_parameter');
  const certId = textOf('certId') ?? serialOf(textOf('signPubKeyCert') ?? '');
  if (!CERT_ID.test(certId)) return refuse('malformed_key_id');
  const time = textOf('txnTime');
  const createdMs = time === undefined ? undefined : parseChinaTime(time, 'digits');
  if (time !== undefined && createdMs === undefined) return refuse('malformed_timestamp');
  const signature = decodeBase64(signatureText);
  if (signature === undefined) return refuse('malformed_signature');
  const sorted = sortFields(signedFields(fields));
  if (!readsBack(sorted, TEXT_RULES)) return refuse('ambiguous_signature');
  return { kind: 'form', form: { certId, text: joinFields(sorted), createdMs, signature } };
}

/** Serial of a certificate that a message brings, in decimal: a name to look for, and nothing else of it is used. */
function serialOf(pem: string): string {
  if (pem.length === 0 || pem.length > MAX_PEM_CHARS) return '';
  try {
    return BigInt(`0x${new X509Certificate(pem).serialNumber}`).toString();
  } catch {
    // No certificate names no key: the caller refuses it.
    return '';
  }
}

function refuse(reason: DenialReason): ParsedSignedForm {
  return { kind: 'refused', reason };
}
