import { ACCESS_FORMS, BEARER } from '@paymesh/common/policy';

import { type Message, placesOf } from '../message/index.ts';

/** The token of a request, not yet verified. */
export type FoundToken =
  | { readonly kind: 'found'; readonly token: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' };

/** Longest token, in bytes. */
const MAX_TOKEN_BYTES = 8_192;
const TOKEN = new RegExp(`^(?:${ACCESS_FORMS.token})$`);

/**
 * Looks at all lines of a field at once, as Envoy does: a second Authorization that holds a token too is malformed,
 * not a choice. Another scheme alone is no token.
 */
export function findToken({ headers }: Message, name: string): FoundToken {
  const places = placesOf(headers, name);
  if (places.length === 0) return { kind: 'absent' };
  const text = places.map((place) => headers.textAt(place)).join(',');
  if (name !== 'authorization') return read(text);
  if (text.startsWith(BEARER)) return read(text.slice(BEARER.length));
  return { kind: text.toLowerCase().includes(BEARER.toLowerCase()) ? 'malformed' : 'absent' };
}

function read(text: string): FoundToken {
  return text.length <= MAX_TOKEN_BYTES && TOKEN.test(text)
    ? { kind: 'found', token: text }
    : { kind: 'malformed' };
}
