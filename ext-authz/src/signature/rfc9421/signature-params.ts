import type { DenialReason } from '../../decision/index.ts';
import { type Algorithm, algorithms } from '../../keys/index.ts';
import type { BareItem, SfParameters } from '../structured-field/index.ts';
import { MAX_KEYID_LENGTH, MAX_NONCE_LENGTH } from './limits.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Signature parameters of RFC 9421 section 2.3, checked for form. */
export interface SignatureParams {
  readonly kind: 'params';
  /** Unix seconds. */
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly alg?: Algorithm | undefined;
  readonly keyid?: string;
}

/** Reads the parameters of a signature. Unknown ones are refused: nobody could say what they change. */
export function readSignatureParams(parameters: SfParameters): SignatureParams | Refusal {
  const params: Writable = { kind: 'params' };
  for (const [key, value] of parameters) {
    const reason = setParameter(params, key, value);
    if (reason !== undefined) return refuse(reason);
  }
  return params;
}

type Writable = { -readonly [K in keyof SignatureParams]: SignatureParams[K] };

function setParameter(params: Writable, key: string, value: BareItem): DenialReason | undefined {
  switch (key) {
    case 'created':
    case 'expires':
      if (value.kind !== 'integer' || value.value < 0) return 'malformed_timestamp';
      params[key] = value.value;
      return undefined;
    case 'nonce':
      if (!isText(value, MAX_NONCE_LENGTH)) return 'malformed_nonce';
      params.nonce = value.value;
      return undefined;
    case 'keyid':
      if (!isText(value, MAX_KEYID_LENGTH)) return 'malformed_key_id';
      params.keyid = value.value;
      return undefined;
    case 'alg':
      return setAlgorithm(params, value);
    case 'tag':
      // It is compared where the signature is chosen.
      return value.kind === 'string' ? undefined : 'malformed_parameter';
    default:
      return 'malformed_parameter';
  }
}

function setAlgorithm(params: Writable, value: BareItem): DenialReason | undefined {
  if (value.kind !== 'string') return 'malformed_parameter';
  params.alg = algorithms.find((name) => name === value.value);
  return params.alg === undefined ? 'unsupported_algorithm' : undefined;
}

function isText(value: BareItem, maxLength: number): value is BareItem & { readonly kind: 'string' } {
  return value.kind === 'string' && value.value !== '' && value.value.length <= maxLength;
}
