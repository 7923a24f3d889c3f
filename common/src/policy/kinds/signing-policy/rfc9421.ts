import {
  checked,
  list,
  object,
  oneOf,
  optional,
  type Reader,
  reportKey,
  required,
  text,
  withDefault,
} from '../../schema/index.ts';
import type { Rfc9421VerifySpec, SignatureParam } from '../../types.ts';
import { component } from './component.ts';
import { verifyKeys } from './verify-keys.ts';

const params = ['created', 'expires', 'nonce', 'alg', 'keyid', 'tag'] as const;
const defaultParams: readonly SignatureParam[] = ['created', 'keyid', 'nonce'];
const label = text('a label as in Signature-Input, such as sig1', { pattern: /^[a-z*][a-z0-9_.*-]{0,63}$/ });
const tag = text('a tag of 1 to 128 visible characters', { pattern: /^[!#-[\]-~]{1,128}$/ });

const fields = object<Rfc9421VerifySpec>({
  scheme: required('scheme', oneOf(['rfc9421'])),
  keys: required('keys', verifyKeys),
  label: optional('label', label),
  tag: optional('tag', tag),
  coverage: optional('coverage', oneOf(['payment-write', 'payment-read', 'webhook'])),
  cover: withDefault(
    'cover',
    list(component, { max: 64, what: 'component identifiers', identity: (item) => item }),
    [],
  ),
  params: withDefault(
    'params',
    list(oneOf(params), { max: params.length, what: 'signature parameters', identity: (item) => item }),
    defaultParams,
  ),
  digest: withDefault('digest', oneOf(['Required', 'IfPresent']), 'Required'),
});

/** HTTP Message Signatures; what must be covered is the policy's to say, and never left open. */
export const rfc9421Verify: Reader<Rfc9421VerifySpec> = checked(fields, (spec, place, context) => {
  if (spec.coverage === undefined && spec.cover.length === 0) {
    const expected = 'coverage: payment-write, payment-read or webhook, or a list of what must be covered';
    reportKey(context, 'PM4006', place, { key: 'cover', expected, got: 'neither coverage nor cover' });
    return false;
  }
  if (spec.params.includes('created')) return true;
  const expected = 'created among the parameters: without it a signature is good for ever';
  reportKey(context, 'PM4006', place, { key: 'params', expected, got: spec.params.join(', ') });
  return false;
});
