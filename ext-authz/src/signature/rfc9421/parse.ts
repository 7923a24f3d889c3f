import type { DenialReason } from '../../decision/index.ts';
import { findListLines, type Message, placesOf } from '../../message/index.ts';
import { type Dictionary, type InnerList, type Problem, parseDictionary } from '../structured-field/index.ts';
import { MAX_FIELD_BYTES, MAX_LABELS } from './limits.ts';
import { type Refusal, refuse } from './refusal.ts';

/** One signature of a message as it came: nothing in it is checked but its syntax. */
export interface LabelledSignature {
  readonly label: string;
  readonly input: InnerList;
  /** Standard base64. */
  readonly signature: string;
}

export type ParsedSignatures =
  | { readonly kind: 'signatures'; readonly signatures: readonly LabelledSignature[] }
  /** Not both fields are there. */
  | { readonly kind: 'absent' }
  | Refusal;

type ParsedField =
  | { readonly kind: 'field'; readonly members: Dictionary }
  | { readonly kind: 'absent' }
  | Refusal;

/** Of other problems the reason is that the field is malformed. */
const REASON_OF_PROBLEM: Readonly<Partial<Record<Problem, DenialReason>>> = {
  duplicate_key: 'duplicate_label',
  duplicate_parameter: 'duplicate_parameter',
  too_many: 'oversized_signature',
};

/** Reads Signature-Input and Signature (RFC 9421 section 4): the same labels in both, each once over all lines. */
export function parseSignatures(message: Message): ParsedSignatures {
  const inputs = parseField(message, 'signature-input');
  if (inputs.kind === 'refused') return inputs;
  const signatures = parseField(message, 'signature');
  if (signatures.kind === 'refused') return signatures;
  if (inputs.kind === 'absent' || signatures.kind === 'absent') return { kind: 'absent' };
  return paired(inputs.members, signatures.members);
}

function parseField(message: Message, name: string): ParsedField {
  if (bytesOf(message, name) > MAX_FIELD_BYTES) return refuse('oversized_signature');
  const lines = findListLines(message, name);
  if (lines.kind === 'absent') return lines;
  if (lines.kind === 'unclean') return refuse('unclean_header');
  const parsed = parseDictionary(lines.values);
  if (parsed.kind === 'malformed')
    return refuse(REASON_OF_PROBLEM[parsed.fault.problem] ?? 'malformed_signature');
  if (parsed.value.size > MAX_LABELS) return refuse('oversized_signature');
  return { kind: 'field', members: parsed.value };
}

function bytesOf({ headers }: Message, name: string): number {
  return placesOf(headers, name).reduce((bytes, place) => bytes + headers.valueAt(place).byteLength, 0);
}

function paired(inputs: Dictionary, signatures: Dictionary): ParsedSignatures {
  if (inputs.size !== signatures.size || inputs.size === 0) return refuse('malformed_signature');
  const pairs: LabelledSignature[] = [];
  for (const [label, input] of inputs) {
    const member = signatures.get(label);
    const isPair = input.kind === 'inner-list' && member?.kind === 'item' && member.parameters.length === 0;
    if (!isPair || member.value.kind !== 'bytes') return refuse('malformed_signature');
    pairs.push({ label, input, signature: member.value.base64 });
  }
  return { kind: 'signatures', signatures: pairs };
}
