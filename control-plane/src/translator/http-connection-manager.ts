import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  HeadersWithUnderscoresAction,
  type HttpConnectionManager,
  HttpConnectionManager_CodecType,
  HttpConnectionManager_PathWithEscapedSlashesAction,
  HttpConnectionManager_ServerHeaderTransformation,
  HttpConnectionManagerSchema,
} from '@paymesh/common/envoy';

import { accessLog } from './access-log.ts';
import { adsConfigSource } from './config-source.ts';
import { earlyHeaderMutations } from './early-headers.ts';
import type { ChainInput } from './filters/filter.ts';
import { FILTER_ORDER } from './filters/order.ts';
import { LOCAL_REPLY_CONFIG } from './local-reply.ts';
import { tracingOf } from './tracing.ts';

type Init = MessageInitShape<typeof HttpConnectionManagerSchema>;

/**
 * HTTP on a listener. Nothing here depends on a route: an edit of policies changes the route configuration,
 * for a changed listener drains its connections. `internal_address_config` is never set: with it, clients
 * in that range can order retries and a POST was seen four times (envoy-resilience 1).
 */
export function httpConnectionManager(listener: ChainInput): HttpConnectionManager {
  const { direction } = listener;
  return create(HttpConnectionManagerSchema, {
    codecType: HttpConnectionManager_CodecType.AUTO,
    statPrefix: direction,
    routeSpecifier: {
      case: 'rds',
      value: { configSource: adsConfigSource(), routeConfigName: direction },
    },
    httpFilters: FILTER_ORDER.flatMap(({ filter }) => filter.chain(listener)),
    // Policies are chosen by path: every spelling of one path must look the same to them, inside the mesh too.
    normalizePath: true,
    mergeSlashes: true,
    pathWithEscapedSlashesAction: HttpConnectionManager_PathWithEscapedSlashesAction.REJECT_REQUEST,
    stripPortMode: { case: 'stripAnyHostPort', value: true },
    earlyHeaderMutationExtensions: earlyHeaderMutations(direction),
    localReplyConfig: LOCAL_REPLY_CONFIG,
    accessLog: [accessLog(direction)],
    ...(listener.tracing === undefined ? {} : { tracing: tracingOf(listener.tracing, direction) }),
    ...(direction === 'gateway' ? EDGE : IN_MESH),
  });
}

/** Towards clients of the mesh, who may be anyone (envoy-filters 7). */
const EDGE: Init = {
  useRemoteAddress: true,
  alwaysSetRequestIdInResponse: true,
  serverName: 'paymesh',
  commonHttpProtocolOptions: {
    headersWithUnderscoresAction: HeadersWithUnderscoresAction.REJECT_REQUEST,
    maxHeadersCount: 60,
    idleTimeout: durationFromMs(300_000),
  },
  http2ProtocolOptions: {
    maxConcurrentStreams: 100,
    initialStreamWindowSize: 65_536,
    initialConnectionWindowSize: 1_048_576,
  },
  maxRequestHeadersKb: 16,
  requestHeadersTimeout: durationFromMs(5_000),
  requestTimeout: durationFromMs(30_000),
  streamIdleTimeout: durationFromMs(30_000),
};

/** Between proxies and the programs beside them: request id and client address are those of the gateway. */
const IN_MESH: Init = {
  useRemoteAddress: false,
  serverHeaderTransformation: HttpConnectionManager_ServerHeaderTransformation.PASS_THROUGH,
  // Above the 4 s after which the calling proxy closes an idle connection, so that it is never closed here first.
  commonHttpProtocolOptions: { idleTimeout: durationFromMs(300_000) },
};
