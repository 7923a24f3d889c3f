export { benchRateLimiter } from './bench-rate-limiter.ts';
