import {
  checked,
  list,
  mapped,
  object,
  oneOf,
  type Reader,
  reportKey,
  required,
  serviceRef,
  targetedFields,
  warn,
  withDefault,
} from '../../schema/index.ts';
import type { FailoverPolicySpec, ServiceRef } from '../../types.ts';

interface Step {
  readonly service: ServiceRef;
  readonly locality: 'same-zone' | 'same-region' | 'any';
}

/** Localities are in the order by themselves: of each service the nearest instances are used first. */
const step = checked(
  object<Step>({
    service: required('service', serviceRef),
    locality: withDefault('locality', oneOf(['same-zone', 'same-region', 'any']), 'any'),
  }),
  ({ locality }, place, context) => {
    if (locality !== 'any') {
      reportKey(context, 'PM1210', place, {
        key: 'locality',
        expected: 'any, or no locality',
        got: `"${locality}", which it does not act on yet`,
        hint: 'of each service the nearest instances are used first, and all of them before the next service',
      });
    }
    return true;
  },
);

const order = mapped(
  list(step, {
    min: 2,
    max: 8,
    what: 'services',
    identity: ({ service: { namespace, name }, locality }) =>
      `${namespace}/${name}${locality === 'any' ? '' : ` ${locality}`}`,
    repeated: 'PM4005',
  }),
  (steps) => steps.map(({ service }) => service),
);

/** How the spec of a FailoverPolicy is read. */
export const failoverPolicySchema: Reader<FailoverPolicySpec> = object<FailoverPolicySpec>(
  {
    ...targetedFields(['Route']),
    order: required('order', order),
    onlyIf: required('onlyIf', oneOf(['request-not-sent'], 'PM4004'), {
      code: 'PM4004',
      why: 'request-not-sent, or a payment could be charged by two providers',
    }),
  },
  {
    notYet: {
      switchWhen: warn('the next service is asked request by request, when the one before was not reached'),
      failback: warn('a service that is reached again is used again at once'),
    },
  },
);
