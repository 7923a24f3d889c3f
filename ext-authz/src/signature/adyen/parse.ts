import { parseStrictJson } from '@paymesh/common/strict-json';

import type { DenialReason } from '../../decision/index.ts';
import { parseBase64Mac } from '../mac-text.ts';
import { isUnambiguous, type SignedFields } from './canonical.ts';
import { type JsonObject, objectWith } from './json-object.ts';
import { readFields } from './read-fields.ts';

/** A payment notification from the outside in, and the signed part of it. */
export interface PaymentDocument {
  readonly document: JsonObject;
  /** Holds the item under the name of its type. */
  readonly wrapper: JsonObject;
  readonly item: JsonObject;
  /** Where the signature is or goes. */
  readonly additionalData: JsonObject;
  readonly fields: SignedFields;
}

export type ParsedPayment =
  /** `mac`: 32 bytes. */
  | { readonly kind: 'signed'; readonly fields: SignedFields; readonly mac: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/**
 * Most items of one notification. Adyen sends JSON with one. Of several, somebody who saw them could send any part
 * again: it would be a text of its own, and so no replay.
 */
const MAX_ITEMS = 1;
/** Deeper than any notification. */
const MAX_DEPTH = 16;
const ITEM_NAMES = [
  'pspReference',
  'originalReference',
  'merchantAccountCode',
  'merchantReference',
  'amount',
  'eventCode',
  'success',
  'additionalData',
];

/** Reads the item of a payment notification and its signature, strictly. */
export function parsePayment(body: Uint8Array): ParsedPayment {
  const payment = readPayment(body);
  if (payment === undefined) return { kind: 'refused', reason: 'malformed_body' };
  const signature = payment.additionalData['hmacSignature'];
  if (signature === undefined) return { kind: 'absent' };
  const mac = typeof signature === 'string' ? parseBase64Mac(signature) : undefined;
  if (mac === undefined) return { kind: 'refused', reason: 'malformed_signature' };
  return { kind: 'signed', fields: payment.fields, mac };
}

/** A notification that every reader understands alike; undefined for any other body. */
export function readPayment(body: Uint8Array): PaymentDocument | undefined {
  const parsed = parseStrictJson(body, { maxDepth: MAX_DEPTH, isExact: true });
  const document = parsed.kind === 'value' ? objectWith(parsed.value, ['notificationItems']) : undefined;
  const items = document?.['notificationItems'];
  if (document === undefined || !Array.isArray(items) || items.length > MAX_ITEMS) return undefined;
  const wrapper = objectWith(items[0], ['NotificationRequestItem']);
  const item = objectWith(wrapper?.['NotificationRequestItem'], ITEM_NAMES);
  if (wrapper === undefined || item === undefined) return undefined;
  const fields = readFields(item);
  const additionalData = objectWith(item['additionalData'] ?? {}, ['hmacSignature']);
  if (fields === undefined || additionalData === undefined || !isUnambiguous(fields)) return undefined;
  return { document, wrapper, item, additionalData, fields };
}
