/** What Adyen signs of a payment notification; what an item leaves out is the empty text. */
export interface SignedFields {
  readonly pspReference: string;
  readonly originalReference: string;
  readonly merchantAccountCode: string;
  /** The merchant's own text: the only one that may hold colons. */
  readonly merchantReference: string;
  /** Minor units. */
  readonly amountValue: string;
  readonly amountCurrency: string;
  readonly eventCode: string;
  /** `true`, `false` or empty. */
  readonly success: string;
}

/**
 * The eight fields with colons between, and no escape for a colon in them. Three fields before the merchant's
 * reference and four behind it hold none (`isUnambiguous`), so that one text is one item.
 */
export function itemText(fields: SignedFields): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference } = fields;
  const { amountValue, amountCurrency, eventCode, success } = fields;
  const before = `${pspReference}:${originalReference}:${merchantAccountCode}:${merchantReference}`;
  return `${before}:${amountValue}:${amountCurrency}:${eventCode}:${success}`;
}

/** Longest signed field, in UTF-16 units. Adyen's own limit for references is 80. */
const MAX_FIELD_LENGTH = 256;
const SUCCESS = /^(?:true|false|)$/;

/** False for fields whose text could be that of another item, or of other characters. */
export function isUnambiguous(fields: SignedFields): boolean {
  const { merchantReference, ...others } = fields;
  const all = [merchantReference, ...Object.values(others)];
  if (all.some((text) => text.length > MAX_FIELD_LENGTH)) return false;
  // Half a pair becomes U+FFFD in UTF-8. A backslash: senders that escape would make `a\:b` of what was `a:b`.
  if (all.some((text) => /\p{Surrogate}|\\/u.test(text))) return false;
  return !Object.values(others).some((text) => text.includes(':')) && SUCCESS.test(fields.success);
}
