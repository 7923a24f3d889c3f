export type { GlobalModes } from './combine.ts';
export { measureText, ratelimitKey } from './counter-key.ts';
export {
  type CounterResult,
  type CounterState,
  type Counters,
  type CountersOptions,
  type CounterTarget,
  createCounters,
} from './counters.ts';
export { createLimiter, type Limiter } from './limiter.ts';
export type {
  Cause,
  DecidedLimit,
  Decision,
  Descriptor,
  DescriptorStatus,
  LimiterObserver,
  LimitRequest,
  Outcome,
  StatusLimit,
} from './types.ts';
