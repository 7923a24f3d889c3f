/** Why a rate limiter does not start. */
export type RateLimiterErrorCode =
  | 'config_unreadable'
  | 'config_invalid'
  | 'overrides_unreadable'
  | 'counters_unreadable';

/** The one error of this service; `code` is stable, the message says what to do. */
export class RateLimiterError extends Error {
  readonly code: RateLimiterErrorCode;

  constructor(code: RateLimiterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RateLimiterError';
    this.code = code;
  }
}
