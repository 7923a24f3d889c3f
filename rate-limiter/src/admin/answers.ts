import type { AdminAnswer } from '@paymesh/common/admin';

/** What a caller did wrong. */
export function wrong(message: string): AdminAnswer {
  return { status: 400, body: { error: message } };
}
