import { type Algorithm, algorithms } from '../../keys/index.ts';
import type { BareItem, SfParameter, SfParameters } from '../structured-field/index.ts';
import { MAX_KEYID_LENGTH, MAX_NONCE_LENGTH } from './limits.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Signature parameters of RFC 9421 section 2.3, checked for form. */
export interface SignatureParams {
  readonly kind: 'params';
  /** Unix seconds. */
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly alg?: Algorithm;
  readonly keyid?: string;
  readonly tag?: string;
}

type Read = Partial<Omit<SignatureParams, 'kind'>> | Refusal;

/** Reads the parameters of a signature. Unknown ones are refused: nobody could say what they change. */
export function readSignatureParams(parameters: SfParameters): SignatureParams | Refusal {
  let params: SignatureParams = { kind: 'params' };
  for (const parameter of parameters) {
    const read = readParameter(parameter);
    if ('reason' in read) return read;
    params = { ...params, ...read };
  }
  return params;
}

function readParameter([key, value]: SfParameter): Read {
  switch (key) {
    case 'created':
      return withSeconds(value, (created) => ({ created }));
    case 'expires':
      return withSeconds(value, (expires) => ({ expires }));
    case 'nonce':
      return isText(value, MAX_NONCE_LENGTH) ? { nonce: value.value } : refuse('malformed_nonce');
    case 'keyid':
      return isText(value, MAX_KEYID_LENGTH) ? { keyid: value.value } : refuse('malformed_key_id');
    case 'tag':
      return value.kind === 'string' ? { tag: value.value } : refuse('malformed_parameter');
    case 'alg':
      return readAlgorithm(value);
    default:
      return refuse('malformed_parameter');
  }
}

function withSeconds(value: BareItem, named: (seconds: number) => Read): Read {
  return value.kind === 'integer' && value.value >= 0 ? named(value.value) : refuse('malformed_timestamp');
}

function isText(value: BareItem, maxLength: number): value is BareItem & { readonly kind: 'string' } {
  return value.kind === 'string' && value.value !== '' && value.value.length <= maxLength;
}

function readAlgorithm(value: BareItem): Read {
  if (value.kind !== 'string') return refuse('malformed_parameter');
  const alg = algorithms.find((name) => name === value.value);
  return alg === undefined ? refuse('unsupported_algorithm') : { alg };
}
