import type { FormField } from './parse-form.ts';

/** Fields in the order of their names' bytes; those without a value left out, as Alipay and UnionPay have it. */
export function sortFields(fields: readonly FormField[]): readonly FormField[] {
  return fields.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** `name=value` joined by `&`, nothing escaped. Which fields it is of can be ambiguous: see `readsBack`. */
export function joinFields(fields: readonly FormField[]): string {
  return fields.map(([name, value]) => `${name}=${value}`).join('&');
}
