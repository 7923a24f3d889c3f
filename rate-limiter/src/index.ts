export { RateLimiterError, type RateLimiterErrorCode } from './error.ts';
export { type RateLimiterOptions, startRateLimiter } from './main.ts';
