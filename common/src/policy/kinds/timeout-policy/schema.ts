import { duration, object, optional, type Reader, targetedFields, warn } from '../../schema/index.ts';
import type { TimeoutPolicySpec } from '../../types.ts';

/** The whole request with all its tries. */
export const requestTimeout: Reader<number> = duration({ min: '1ms', max: '1h' });
/** Until a connection stands. */
export const connectTimeout: Reader<number> = duration({ min: '1ms', max: '1m' });
/** How long a stream may be silent. */
export const idleTimeout: Reader<number> = duration({ min: '1ms', max: '1d' });

/** How the spec of a TimeoutPolicy is read. */
export const timeoutPolicySchema: Reader<TimeoutPolicySpec> = object<TimeoutPolicySpec>(
  {
    ...targetedFields(['Route', 'Service']),
    requestMs: optional('request', requestTimeout),
    connectMs: optional('connect', connectTimeout),
    idleMs: optional('idle', idleTimeout),
  },
  {
    atLeastOne: ['request', 'connect', 'idle'],
    notYet: { propagateDeadline: warn('each caller has the deadline of its own route') },
  },
);
