import { findHeader, type Message } from '../message/index.ts';
import type { Presentation } from './scheme.ts';

/** The text of a header that carries a signature or a part of one, or the answer to a message without. */
export type CredentialHeader =
  | { readonly kind: 'text'; readonly text: string }
  | Exclude<Presentation, { readonly kind: 'presented' }>;

/** Finds it by its lower-case name: one clean line, or there is nothing to go on. */
export function credentialHeader(message: Message, name: string): CredentialHeader {
  const found = findHeader(message, name);
  switch (found.kind) {
    case 'found':
      return { kind: 'text', text: found.value };
    case 'absent':
      return { kind: 'absent' };
    case 'repeated':
      return { kind: 'refused', reason: 'repeated_header' };
    case 'unclean':
      return { kind: 'refused', reason: 'unclean_header' };
  }
}
