import type { SignedFields } from './canonical.ts';
import { type JsonObject, objectWith } from './json-object.ts';

const AMOUNT_NAMES = ['value', 'currency'];

/** The signed fields of an item; absent and null ones are empty. Undefined where one is not what it must be. */
export function readFields(item: JsonObject): SignedFields | undefined {
  const amount = objectWith(item['amount'] ?? {}, AMOUNT_NAMES);
  if (amount === undefined) return undefined;
  const texts = {
    pspReference: textOf(item['pspReference']),
    originalReference: textOf(item['originalReference']),
    merchantAccountCode: textOf(item['merchantAccountCode']),
    merchantReference: textOf(item['merchantReference']),
    amountValue: integerTextOf(amount['value']),
    amountCurrency: textOf(amount['currency']),
    eventCode: textOf(item['eventCode']),
    success: textOf(item['success']),
  };
  return isComplete(texts) ? texts : undefined;
}

function isComplete(
  texts: { readonly [F in keyof SignedFields]: string | undefined },
): texts is SignedFields {
  return !Object.values(texts).includes(undefined);
}

function textOf(value: unknown = null): string | undefined {
  if (value === null) return '';
  return typeof value === 'string' ? value : undefined;
}

/** Minor units as a number: of another form, the text would not say what the service behind reads. */
function integerTextOf(value: unknown = null): string | undefined {
  if (value === null) return '';
  if (typeof value !== 'number' || Object.is(value, -0)) return undefined;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
