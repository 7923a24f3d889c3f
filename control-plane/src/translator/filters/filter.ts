import type { Any } from '@bufbuild/protobuf/wkt';
import type { HttpFilter } from '@paymesh/common/envoy';

import type { ListenerIr, QuotaIr, RateLimitIr, RouteIr, TokenIr } from '../../ir/index.ts';

/** All that a chain may depend on: the routes are left out, so that an edit of one leaves the listener alone. */
export interface ChainInput extends Omit<ListenerIr, 'virtualHosts'> {
  /** The ways in which limits of this listener are to act, each once. */
  readonly limitStyles: readonly LimitStyle[];
  /** The ways in which proxies are to keep limits of this listener by themselves, each once. */
  readonly quotaStyles: readonly QuotaStyle[];
  /** How many such limits one route has at most. */
  readonly quotaSlots: number;
  /** The tokens that routes of this listener require together, each set once. */
  readonly tokenSets: readonly TokenSet[];
}

/** Tokens that one route requires. */
export type TokenSet = readonly TokenIr[];

/** What of a limit must be set on the filter because Envoy does not take it from a route. */
export type LimitStyle = Pick<RateLimitIr, 'onUnavailable' | 'status' | 'retryAfter' | 'headers'>;

/** What of such a limit must be set on the filter; `keys` are those of its descriptor that have a value of the request. */
export interface QuotaStyle extends Pick<QuotaIr, 'onUnavailable' | 'status'> {
  readonly keys: readonly string[];
}

/** All of a listener that the settings of a route may depend on. */
export type RouteTableInput = Pick<
  ListenerIr,
  'direction' | 'virtualHosts' | 'extAuthz' | 'rateLimiter' | 'quotaCluster'
>;

/** What one HTTP filter is to Paymesh: one file in this folder, one line in order.ts. */
export interface FilterTranslation {
  /** Its instances in the chain of a listener. */
  chain(listener: ChainInput): readonly HttpFilter[];
  /** What a route sets for those instances, by their name in the chain. */
  perRoute(route: RouteIr, table: RouteTableInput): Readonly<Record<string, Any>>;
}
