import { costKey } from '@paymesh/common/policy';
import { parseStrictJson, type StrictJson } from '@paymesh/common/strict-json';

import type { DenialReason } from '../decision/index.ts';
import { findHeader, type Message } from '../message/index.ts';
import { type Cost, readCosts } from './read-costs.ts';

export type Price =
  /** Metadata for the proxy: text of a whole number for each limit. */
  | { readonly kind: 'told'; readonly costs: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

const MAX_DEPTH = 64;
/** Ten digits hold what a limit can count. */
const DIGITS = /^\d{1,10}$/;

/**
 * What a request counts for each limit that its route names. All or nothing: a limit without its amount would be no
 * limit, so a request that does not say it, or says it in two ways, is refused.
 */
export function price(message: Message, text: string): Price {
  const costs = readCosts(text);
  if (costs === undefined) return { kind: 'refused', reason: 'malformed_check' };
  const told: Record<string, string> = {};
  let json: StrictJson | undefined;
  for (const { limit, from, max } of costs) {
    if (from.kind === 'body') {
      const { body } = message;
      if (body.kind !== 'whole') return { kind: 'refused', reason: WITHOUT_BODY[body.kind] };
      json ??= parseStrictJson(body.bytes, { maxDepth: MAX_DEPTH, isExact: true });
    }
    const amount = from.kind === 'body' ? amountIn(json, from) : amountOf(message, from);
    if (amount === undefined || amount > max) return { kind: 'refused', reason: 'bad_amount' };
    told[costKey(limit)] = String(amount);
  }
  return { kind: 'told', costs: told };
}

const WITHOUT_BODY = { partial: 'partial_body', withheld: 'body_unavailable' } as const;

function amountOf(message: Message, { name }: Extract<Cost['from'], { kind: 'header' }>): number | undefined {
  const header = findHeader(message, name);
  return header.kind === 'found' ? whole(header.value) : undefined;
}

function amountIn(
  json: StrictJson | undefined,
  { path }: Extract<Cost['from'], { kind: 'body' }>,
): number | undefined {
  if (json?.kind !== 'value') return undefined;
  let value: unknown = json.value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return whole(value);
}

/** A whole number from 0, or the text of one: no sign, no fraction, no space. */
function whole(value: unknown): number | undefined {
  if (typeof value === 'string') return DIGITS.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
