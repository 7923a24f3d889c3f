import type { Scalar } from 'yaml';

/** What a scalar of YAML 1.1 is, by how it is written; `text` is its source text. */
export type ScalarKind = 'null' | 'boolean' | 'integer' | 'float' | 'text';

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
/** Of the text without its underscores. */
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
/** Of the text without its underscores. */
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;
const STR_TAG = 'tag:yaml.org,2002:str';
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Classifies a scalar as the YAML 1.1 reader of envoyproxy/ratelimit does. Quoted or `!!str` is always text. */
export function scalarKind(scalar: Scalar): ScalarKind {
  const text = scalarText(scalar);
  if (scalar.tag === STR_TAG || (scalar.type !== undefined && scalar.type !== 'PLAIN')) return 'text';
  if (NULL.test(text)) return 'null';
  if (TRUE.test(text) || FALSE.test(text)) return 'boolean';
  return NOT_FINITE.test(text) ? 'float' : numberKind(text);
}

/** A number begins with a sign or a digit; after a leading dot no underscore is allowed. */
function numberKind(text: string): ScalarKind {
  const plain = /^[-+0-9]/.test(text) ? withoutUnderscores(text) : text;
  const value = INTEGER.test(plain) ? integerOf(plain) : undefined;
  if (value !== undefined && value >= -MAX_INT64 - 1n && value <= MAX_UINT64) {
    // A number of 64 bits without a sign is refused as a text, just as one with a fraction.
    return value <= MAX_INT64 ? 'integer' : 'float';
  }
  return FLOAT.test(plain) && Number.isFinite(Number(plain)) ? 'float' : 'text';
}

/** The text of a scalar as it is written, unquoted: `01234` and `0x1F` stay what they are. */
export function scalarText(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

/** The value of a scalar of kind `boolean`. */
export function scalarBoolean(scalar: Scalar): boolean {
  return TRUE.test(scalarText(scalar));
}

/** The value of a scalar of kind `integer`: `0x10` is 16, `010` is 8, `1_000` is 1000. */
export function scalarInteger(scalar: Scalar): number {
  return Number(integerOf(withoutUnderscores(scalarText(scalar))));
}

function integerOf(plain: string): bigint {
  const digits = plain.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o');
  const value = BigInt(digits);
  return plain.startsWith('-') ? -value : value;
}

function withoutUnderscores(text: string): string {
  return text.replaceAll('_', '');
}
