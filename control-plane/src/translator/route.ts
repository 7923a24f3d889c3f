import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  HeaderValueOption_HeaderAppendAction,
  type Route,
  type RouteActionSchema,
  RouteSchema,
} from '@paymesh/common/envoy';

import type { RouteIr, SigningIr } from '../ir/index.ts';
import { failoverAction, isFailover } from './failover.ts';
import type { RouteTableInput } from './filters/filter.ts';
import { FILTER_ORDER } from './filters/order.ts';
import { quotaHeadersOf } from './filters/quota-headers.ts';
import { HEADER } from './header-names.ts';
import { BUFFER_LIMIT_BYTES } from './listener.ts';
import { mayResend, retryPolicy } from './retry.ts';
import { routeMatch } from './route-match.ts';

/** One route with all that policies say of it. */
export function translateRoute(route: RouteIr, table: RouteTableInput): Route {
  return create(RouteSchema, {
    name: route.name,
    // Gives metrics per Route, all its matches together, under the name that policies use; it has no dot, which would end the label.
    statPrefix: route.name.replace(/#\d+$/, ''),
    match: routeMatch(route.match),
    action: { case: 'route', value: action(route) },
    typedPerFilterConfig: Object.fromEntries(
      FILTER_ORDER.flatMap(({ filter }) => Object.entries(filter.perRoute(route, table))),
    ),
    ...(mayResend(route) ? RESENDING : {}),
    ...(route.quotas === undefined ? {} : { requestHeadersToRemove: [...quotaHeadersOf(route)] }),
    ...(route.signing?.isShadow === true ? { requestBodyBufferLimit: roomFor(route.signing) } : {}),
  });
}

/**
 * A check in shadow mode waits for as much of the body as its policy wants, and Envoy answers 413 when that does not
 * fit the buffer of the stream. An enforced check makes room itself; this one does not.
 */
function roomFor({ maxBodyBytes }: SigningIr): bigint {
  return BigInt(maxBodyBytes + BUFFER_LIMIT_BYTES);
}

function action(route: RouteIr): MessageInitShape<typeof RouteActionSchema> {
  return {
    timeout: durationFromMs(route.timeoutMs),
    idleTimeout: durationFromMs(route.idleMs),
    ...(isFailover(route) ? failoverAction(route) : single(route)),
  };
}

function single({ clusters: [cluster], retry }: RouteIr): MessageInitShape<typeof RouteActionSchema> {
  return {
    clusterSpecifier: { case: 'cluster', value: cluster },
    ...(retry === undefined ? {} : { retryPolicy: retryPolicy(retry) }),
  };
}

/** Where a try may follow one that was sent, "not sent" of the last try must not pass for the whole. */
const RESENDING: MessageInitShape<typeof RouteSchema> = {
  requestHeadersToAdd: [
    {
      header: { key: HEADER.resend, value: 'true' },
      appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
    },
  ],
  responseHeadersToRemove: [HEADER.notSent],
};
