import type { Rfc9421Profile } from '../profile.ts';
import type { LabelledSignature } from './parse.ts';
import { type Refusal, refuse } from './refusal.ts';

export type Chosen =
  | { readonly kind: 'chosen'; readonly signature: LabelledSignature }
  /** None is the one that the policy means. */
  | { readonly kind: 'absent' }
  | Refusal;

/**
 * The one signature that the policy means: by label, by tag, else the only one there is. It is chosen before anything
 * is verified, so that no other signature can stand in for it (RFC 9421 section 7.2.6).
 */
export function chooseSignature(signatures: readonly LabelledSignature[], profile: Rfc9421Profile): Chosen {
  const { label, tag } = profile;
  const meant = signatures.filter(
    (signature) =>
      (label === undefined || signature.label === label) && (tag === undefined || hasTag(signature, tag)),
  );
  const [signature, other] = meant;
  if (signature === undefined) return { kind: 'absent' };
  return other === undefined ? { kind: 'chosen', signature } : refuse('ambiguous_signature');
}

function hasTag({ input }: LabelledSignature, tag: string): boolean {
  return input.parameters.some(
    ([key, value]) => key === 'tag' && value.kind === 'string' && value.value === tag,
  );
}
