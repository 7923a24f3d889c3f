import type { DenialReason } from '../decision/index.ts';
import { findHeader, type Message } from '../message/index.ts';

/** Content-Type of a message. `parameters` is the rest from the first `;`, as sent. */
export type MediaType =
  | { readonly kind: 'type'; readonly name: string; readonly parameters: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Reads Content-Type (RFC 9110 section 8.3); the name in lower case. Two of them, or odd bytes, are refused. */
export function mediaTypeOf(message: Message): MediaType {
  const found = findHeader(message, 'content-type');
  switch (found.kind) {
    case 'absent':
      return { kind: 'absent' };
    case 'repeated':
      return { kind: 'refused', reason: 'repeated_header' };
    case 'unclean':
      return { kind: 'refused', reason: 'unclean_header' };
    case 'found': {
      const end = found.value.indexOf(';');
      const name = end < 0 ? found.value : found.value.slice(0, end);
      const parameters = end < 0 ? '' : found.value.slice(end);
      return { kind: 'type', name: name.trim().toLowerCase(), parameters };
    }
  }
}

/** True for a file upload: the providers sign a JSON part of it, never the file, so the body is not covered. */
export function isMultipart(type: MediaType): boolean {
  return type.kind === 'type' && type.name.startsWith('multipart/');
}
