import {
  list,
  mapped,
  object,
  oneOf,
  type Reader,
  required,
  serviceRef,
  targetedFields,
} from '../../schema/index.ts';
import type { FailoverPolicySpec, ServiceRef } from '../../types.ts';

const step = mapped(
  object<{ readonly service: ServiceRef }>({ service: required('service', serviceRef) }),
  ({ service }) => service,
);

/** How the spec of a FailoverPolicy is read. */
export const failoverPolicySchema: Reader<FailoverPolicySpec> = object<FailoverPolicySpec>({
  ...targetedFields(['Route']),
  order: required(
    'order',
    list(step, {
      min: 2,
      max: 8,
      what: 'services',
      identity: ({ namespace, name }) => `${namespace}/${name}`,
      repeated: 'PM4005',
    }),
  ),
  onlyIf: required('onlyIf', oneOf(['request-not-sent'], 'PM4004'), {
    code: 'PM4004',
    why: 'request-not-sent, or a payment could be charged by two providers',
  }),
});
