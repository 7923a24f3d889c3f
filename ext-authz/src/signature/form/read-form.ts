import type { DenialReason } from '../../decision/index.ts';
import { isMultipart, type MediaType, mediaTypeOf } from '../media-type.ts';
import type { SignedMessage } from '../scheme.ts';
import { type FormField, type ParsedForm, parseForm } from './parse-form.ts';

export type ReadForm =
  | { readonly kind: 'fields'; readonly fields: readonly FormField[] }
  /** There is a body, and it is no form; the reason is for schemes that need one. */
  | { readonly kind: 'other'; readonly reason: DenialReason }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

const FORM = 'application/x-www-form-urlencoded';
/** Besides the charset, `text/html`: Alipay's notifications do say so. */
const PARAMETER = /^(?:|text\/html|charset="?utf-8"?)$/i;

/** The fields of a form body in UTF-8; no body has none. */
export function readFormBody({ message, body }: SignedMessage): ReadForm {
  if (body.byteLength === 0) return { kind: 'fields', fields: [] };
  const type = mediaTypeOf(message);
  if (type.kind === 'refused') return type;
  if (!isForm(type)) {
    return { kind: 'other', reason: isMultipart(type) ? 'insufficient_coverage' : 'malformed_body' };
  }
  if (!isUtf8(type)) return { kind: 'refused', reason: 'malformed_body' };
  return outcome(parseForm(body), 'malformed_body');
}

/** The fields of the query of a plain target; a target without one has none. */
export function readQuery(target: string): Exclude<ReadForm, { kind: 'other' }> {
  const start = target.indexOf('?');
  if (start < 0) return { kind: 'fields', fields: [] };
  return outcome(parseForm(Buffer.from(target.slice(start + 1), 'latin1')), 'malformed_target');
}

function isForm(type: MediaType): type is Extract<MediaType, { kind: 'type' }> {
  return type.kind === 'type' && type.name === FORM;
}

function isUtf8({ parameters }: Extract<MediaType, { kind: 'type' }>): boolean {
  return parameters.split(';').every((parameter) => PARAMETER.test(parameter.trim()));
}

function outcome(parsed: ParsedForm, reason: DenialReason): Exclude<ReadForm, { kind: 'other' }> {
  if (parsed.kind === 'fields') return parsed;
  return { kind: 'refused', reason: parsed.problem === 'repeated' ? 'duplicate_parameter' : reason };
}
