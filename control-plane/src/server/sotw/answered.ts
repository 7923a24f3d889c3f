import type { DiscoveryRequest } from '@paymesh/common/envoy-discovery';

import type { SentResponse } from '../events.ts';
import { readRefusal } from '../nack.ts';
import type { SessionEvent } from '../session.ts';
import { type Subscription, withAck, withNack } from '../subscription.ts';

/** What a request says about the responses before it. */
export interface Answered {
  readonly subscription: Subscription;
  readonly events: readonly SessionEvent[];
  /** It answers another response than the newest one: its names count for nothing. */
  readonly isStale: boolean;
}

/** Reads the ACK or NACK in a request that is not the first of its type. */
export function answered(before: Subscription, request: DiscoveryRequest, nowMs: number): Answered {
  // Before the first response there is nothing to answer, whatever an old nonce says.
  const isStale = before.nonce !== '' && request.responseNonce !== before.nonce;
  const response = before.outstanding.find(({ nonce }) => nonce === request.responseNonce);
  // A repeated answer, such as a request for more names: the error in it was counted before.
  if (response === undefined) return { subscription: before, events: [], isStale };
  if (request.errorDetail === undefined) return { ...acked(before, response, nowMs), isStale };
  const message = request.errorDetail.message;
  // Envoy keeps a NACK back while clusters warm and hangs it on its answer to a later, good response.
  const earlier = before.outstanding[before.outstanding.indexOf(response) - 1];
  if (earlier === undefined || request.versionInfo !== response.version) {
    return { ...nacked(before, response, message, nowMs), isStale };
  }
  const accepted = acked(before, response, nowMs);
  const refused = nacked(accepted.subscription, earlier, message, nowMs);
  return {
    subscription: { ...refused.subscription, accepted: accepted.subscription.accepted },
    events: [...accepted.events, ...refused.events],
    isStale,
  };
}

type Reading = Omit<Answered, 'isStale'>;

function acked(before: Subscription, response: SentResponse, nowMs: number): Reading {
  const { type } = before;
  return {
    subscription: withAck(before, response.nonce),
    events: [{ kind: 'ack', type, response, latencyMs: nowMs - response.sentAtMs }],
  };
}

function nacked(before: Subscription, response: SentResponse, message: string, nowMs: number): Reading {
  const refusal = readRefusal(before.type, response, message, nowMs);
  return {
    subscription: withNack(before, response, refusal),
    events: [{ kind: 'nack', nack: refusal.nack }],
  };
}
