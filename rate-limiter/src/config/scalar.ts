import type { Scalar } from 'yaml';

/** What a scalar of YAML 1.1 is, by how it is written; `text` is its source text. */
export type ScalarKind = 'null' | 'boolean' | 'integer' | 'float' | 'text';

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|0|[1-9][0-9_]*)$/;
const FLOAT =
  /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** Classifies a scalar as the YAML 1.1 reader of envoyproxy/ratelimit does. Quoted is always text. */
export function scalarKind(scalar: Scalar): ScalarKind {
  const text = scalarText(scalar);
  if (scalar.type !== undefined && scalar.type !== 'PLAIN') return 'text';
  if (NULL.test(text)) return 'null';
  if (TRUE.test(text) || FALSE.test(text)) return 'boolean';
  if (INTEGER.test(text)) return 'integer';
  return FLOAT.test(text) ? 'float' : 'text';
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
  const text = scalarText(scalar).replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  return sign * Number(digits);
}
