import type { IncomingHttpHeaders } from 'node:http';

import { Problem } from './problem.ts';

/** Reads the Idempotency-Key of a request: 1 to 255 visible ASCII characters. Throws a 400 problem without one. */
export function idempotencyKey(headers: IncomingHttpHeaders): string {
  const value = headers['idempotency-key'];
  if (typeof value === 'string' && /^[!-~]{1,255}$/.test(value)) return value;
  throw new Problem(
    400,
    'IDEMPOTENCY_KEY_REQUIRED',
    'the header Idempotency-Key must hold 1 to 255 visible ASCII characters',
  );
}
