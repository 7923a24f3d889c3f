import type { Message } from '../message/index.ts';
import type { Profile } from './profile.ts';
import { anyScheme } from './schemes.ts';

/** The text that a message must be signed over; undefined where it says too little to build it. */
export function signedText(message: Message, profile: Profile): Uint8Array | undefined {
  if (message.body.kind !== 'whole') return undefined;
  const presentation = anyScheme.present({ message, body: message.body.bytes }, profile);
  return presentation.kind === 'presented' ? presentation.presented.base() : undefined;
}
