import { create, type JsonObject } from '@bufbuild/protobuf';
import {
  type AccessLog,
  type AccessLogFilter,
  AccessLogFilterSchema,
  AccessLogSchema,
  ComparisonFilter_Op,
  StdoutAccessLogSchema,
} from '@paymesh/common/envoy';

import type { ListenerIr } from '../ir/index.ts';
import { pack } from './any.ts';
import { EXT_AUTHZ, EXT_AUTHZ_SHADOW, RBAC } from './filters/names.ts';
import { SHADOW_PREFIX } from './filters/rbac.ts';

/**
 * One JSON line on stdout: for every request at the gateway, and in sidecars for those that went wrong,
 * because a payment passes several proxies and is written down once. Not by the file logger: a program that
 * starts Envoy through Node gives it a socket as stdout, and Envoy cannot open `/dev/stdout` then.
 */
export function accessLog(direction: ListenerIr['direction']): AccessLog {
  const jsonFormat = { ...FORMAT, listener: direction };
  const log = create(StdoutAccessLogSchema, {
    accessLogFormat: { case: 'logFormat', value: { format: { case: 'jsonFormat', value: jsonFormat } } },
  });
  return create(AccessLogSchema, {
    name: 'envoy.access_loggers.stdout',
    configType: { case: 'typedConfig', value: pack(StdoutAccessLogSchema, log) },
    ...(direction === 'gateway' ? {} : { filter: wentWrong() }),
  });
}

/** The path has no query: merchants put secrets there. Keys are in the order in which Envoy writes them. */
const FORMAT: JsonObject = {
  access_shadow: `%DYNAMIC_METADATA(${RBAC}:${SHADOW_PREFIX}shadow_effective_policy_id)%`,
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  decision: `%DYNAMIC_METADATA(${EXT_AUTHZ}:decision)%`,
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  host: '%UPSTREAM_HOST%',
  listener: '',
  method: '%REQ(:METHOD)%',
  ms: '%DURATION%',
  path: '%PATH(NQ)%',
  policy: `%DYNAMIC_METADATA(${EXT_AUTHZ}:policy)%`,
  principal: `%DYNAMIC_METADATA(${EXT_AUTHZ}:principal)%`,
  reason: `%DYNAMIC_METADATA(${EXT_AUTHZ}:reason)%`,
  request_id: '%REQ(X-REQUEST-ID)%',
  revision: `%DYNAMIC_METADATA(${EXT_AUTHZ}:revision)%`,
  route: '%ROUTE_NAME%',
  shadow: `%FILTER_STATE(${EXT_AUTHZ_SHADOW}.shadow)%`,
  status: '%RESPONSE_CODE%',
  time: '%START_TIME%',
  trace_id: '%TRACE_ID%',
};

function wentWrong(): AccessLogFilter {
  return create(AccessLogFilterSchema, {
    filterSpecifier: {
      case: 'orFilter',
      value: {
        filters: [
          {
            filterSpecifier: {
              case: 'statusCodeFilter',
              value: {
                comparison: {
                  op: ComparisonFilter_Op.GE,
                  value: { defaultValue: 400, runtimeKey: 'paymesh.access_log.status' },
                },
              },
            },
          },
          // No flags listed: any flag.
          { filterSpecifier: { case: 'responseFlagFilter', value: {} } },
        ],
      },
    },
  });
}
