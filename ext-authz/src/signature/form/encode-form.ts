import type { FormField } from './parse-form.ts';

/** The fields as application/x-www-form-urlencoded: everything but letters, digits, `-`, `_`, `.` and `~` escaped. */
export function encodeForm(fields: readonly FormField[]): string {
  return fields.map((field) => field.map(encode).join('=')).join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
