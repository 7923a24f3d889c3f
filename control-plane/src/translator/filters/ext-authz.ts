import { create } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import {
  ApiVersion,
  type BufferSettings,
  BufferSettingsSchema,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
  FilterConfigSchema,
  type HttpFilter,
  HttpFilterSchema,
  StatusCode,
} from '@paymesh/common/envoy';

import type { PolicyServiceIr, RateLimitIr, RouteIr, SigningIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import type { FilterTranslation, RouteTableInput } from './filter.ts';
import { grpcService } from './grpc-service.ts';
import { EXT_AUTHZ, EXT_AUTHZ_SHADOW } from './names.ts';

/**
 * Checks of signatures and access, in two instances: the first denies, the second (policies in mode Shadow) only notes what it
 * would have done. The first is on unless a route says otherwise, so that a route without a word
 * about it is denied by the service rather than let through; the second is off unless a route says so.
 */
export const extAuthz: FilterTranslation = {
  chain: ({ extAuthz: service }) => (service === undefined ? [] : [enforcing(service), shadow(service)]),
  perRoute: (route, { extAuthz: service }) => (service === undefined ? {} : settings(route)),
};

/** A body must fit here where a route sets no limit of its own, which no signed route does. */
const DEFAULT_MAX_BODY_BYTES = 65_536;

function enforcing(service: PolicyServiceIr): HttpFilter {
  return create(HttpFilterSchema, {
    name: EXT_AUTHZ,
    configType: { case: 'typedConfig', value: pack(ExtAuthzSchema, checker(service, false)) },
  });
}

function shadow(service: PolicyServiceIr): HttpFilter {
  return create(HttpFilterSchema, {
    name: EXT_AUTHZ_SHADOW,
    configType: { case: 'typedConfig', value: pack(ExtAuthzSchema, checker(service, true)) },
    disabled: true,
  });
}

function checker(service: PolicyServiceIr, isShadow: boolean) {
  return create(ExtAuthzSchema, {
    services: { case: 'grpcService', value: grpcService(service) },
    transportApiVersion: ApiVersion.V3,
    statPrefix: isShadow ? 'shadow' : 'enforce',
    // Signatures are made over bytes: without these two, non-UTF-8 becomes "!" and header lines are joined.
    encodeRawHeaders: true,
    // A token may be bound to it, and all its names count.
    includePeerCertificate: true,
    withRequestBody: body(DEFAULT_MAX_BODY_BYTES, isShadow),
    failureModeAllow: false,
    // The default is 403, which would tell a merchant that its signature is wrong.
    statusOnError: { code: StatusCode.ServiceUnavailable },
    validateMutations: true,
    // A route is chosen once: with a second choice a service could move a request to a route without a check.
    clearRouteCache: false,
    decoderHeaderMutationRules: {
      disallowAll: true,
      allowExpression: { regex: 'x-paymesh-.*' },
    },
    shadowMode: isShadow,
  });
}

/**
 * HTTP/1.1 bodies over the limit get 413 here. On HTTP/2 Envoy lets the last frame cross the limit and shows
 * the service a cut body (envoy-filters 0.1): ext-authz denies those. An RBAC rule on content-length in front
 * would also refuse honest clients that stream their body without a length, and add nothing to that denial.
 * A shadow check must refuse nothing, so it is given the cut body and the service notes its denial.
 */
function body(maxRequestBytes: number, isShadow: boolean): BufferSettings {
  return create(BufferSettingsSchema, { maxRequestBytes, allowPartialMessage: isShadow, packAsBytes: true });
}

/** What a route sets on which there is nothing to check. */
export function unchecked({ extAuthz: service }: Pick<RouteTableInput, 'extAuthz'>): Record<string, Any> {
  return service === undefined ? {} : { [EXT_AUTHZ]: OFF };
}

function settings({ name, signing, access, rateLimits }: RouteIr): Readonly<Record<string, Any>> {
  const checked = {
    name,
    signing: signing?.isShadow === false ? signing : undefined,
    access: access?.checked ?? [],
    costs: rateLimits.filter(({ cost }) => cost?.isShadow === false),
    isShadow: false,
    isTrial: false,
  };
  const isOnlyPriced = signing?.isShadow !== true && (access?.tried ?? []).length === 0;
  const isProvenThere = checked.signing !== undefined || checked.access.length > 0;
  const tried = {
    name,
    signing: signing?.isShadow === true ? signing : undefined,
    access: access?.tried ?? [],
    costs: rateLimits.filter(({ cost }) => cost?.isShadow === true),
    isShadow: true,
    isTrial: isProvenThere || isOnlyPriced || (access !== undefined && access.tokens.length > 0),
  };
  return {
    [EXT_AUTHZ]: checkOf(checked) ?? OFF,
    ...Object.fromEntries(
      [checkOf(tried)].flatMap((on) => (on === undefined ? [] : [[EXT_AUTHZ_SHADOW, on]])),
    ),
  };
}

const OFF = pack(FilterConfigSchema, create(FilterConfigSchema, { disabled: true }));

interface CheckInput extends Pick<RouteIr, 'name'> {
  readonly signing: SigningIr | undefined;
  /** Ids of AccessPolicies. */
  readonly access: readonly string[];
  /** Limits on amounts that the service reads. */
  readonly costs: readonly RateLimitIr[];
  /** It is the check that denies nothing. */
  readonly isShadow: boolean;
  /** Whoever calls is proven elsewhere: a check on trial must not change what that says. */
  readonly isTrial: boolean;
}

/** Undefined where there is nothing to ask. */
function checkOf({ name, signing, access, costs, isShadow, isTrial }: CheckInput): Any | undefined {
  if (signing === undefined && access.length + costs.length === 0) return undefined;
  const isBodyRead = signing !== undefined || costs.some(({ cost }) => cost?.from.kind === 'body');
  const config = create(ExtAuthzPerRouteSchema, {
    override: {
      case: 'checkSettings',
      value: {
        contextExtensions: {
          ...(signing === undefined ? {} : { policy: signing.policy }),
          ...(access.length === 0 ? {} : { access: access.join(',') }),
          ...(costs.length === 0 ? {} : { costs: costsText(costs) }),
          route: name.replace(/#\d+$/, ''),
          ...(isTrial ? { trial: 'true' } : {}),
        },
        // Only a signature is over the body, and only an amount may be in it.
        ...(isBodyRead
          ? { withRequestBody: body(signing?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES, isShadow) }
          : { disableRequestBodyBuffering: true }),
      },
    },
  });
  return pack(
    FilterConfigSchema,
    create(FilterConfigSchema, { config: pack(ExtAuthzPerRouteSchema, config) }),
  );
}

/** JSON that ext-authz reads: `[{"limit":"pay/limits/day","body":["amount"],"max":9}]`, `header` in place of `body`. */
function costsText(costs: readonly RateLimitIr[]): string {
  return JSON.stringify(
    costs.flatMap(({ policy, limit, cost }) =>
      cost === undefined
        ? []
        : [
            {
              limit: `${policy}/${limit}`,
              ...(cost.from.kind === 'body' ? { body: cost.from.path } : { header: cost.from.name }),
              max: cost.max,
            },
          ],
    ),
  );
}
