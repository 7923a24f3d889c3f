export type { GlobalModes } from './combine.ts';
export { ratelimitKey } from './counter-key.ts';
export { createLimiter, type Limiter } from './limiter.ts';
export type { Decision, Descriptor, DescriptorStatus, LimiterObserver, LimitRequest } from './types.ts';
