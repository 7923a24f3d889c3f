import { list, object, type Reader, required, targetedFields, withDefault } from '../../schema/index.ts';
import type { AccessPolicySpec } from '../../types.ts';
import { identity } from './identity.ts';
import { rule } from './rule.ts';

/** How the spec of an AccessPolicy is read. */
export const accessPolicySchema: Reader<AccessPolicySpec> = object<AccessPolicySpec>({
  ...targetedFields(['Route', 'Service']),
  identity: withDefault('identity', identity, { mtls: 'Optional' }),
  rules: required('rules', list(rule, { max: 64, what: 'rules', identity: ({ name }) => name })),
});
