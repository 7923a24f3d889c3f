export { benchRateLimiter } from './bench-rate-limiter.ts';
export { limitRequest } from './limit-request.ts';
