import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import {
  FilterConfigSchema,
  HttpFilterSchema,
  Rbac_Action,
  RbacFilterSchema,
  RbacPerRouteSchema,
  type RbacPolicySchema,
  type RbacSchema,
} from '@paymesh/common/envoy';

import type { AccessIr, DenialIr, RouteIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import { principal } from './condition.ts';
import type { FilterTranslation } from './filter.ts';
import { RBAC } from './names.ts';

/**
 * What the proxy refuses by itself, as rules that deny: of several policies each must allow, and Envoy can only be
 * told one list, of which any may hold. "Nobody is allowed by pay/x" is one of the things that are denied.
 */
export const rbac: FilterTranslation = {
  chain: ({ direction }) =>
    direction === 'outbound'
      ? []
      : [
          create(HttpFilterSchema, {
            name: RBAC,
            configType: { case: 'typedConfig', value: pack(RbacFilterSchema, create(RbacFilterSchema)) },
            disabled: true,
          }),
        ],
  perRoute: ({ access }: RouteIr, { direction }) =>
    access === undefined || direction === 'outbound' ? {} : settings(access),
};

/** Envoy puts it before the names of its results in metadata and metrics and leaves no space. */
export const SHADOW_PREFIX = 'paymesh_';

function settings({ denials, shadowDenials }: AccessIr): Readonly<Record<string, Any>> {
  if (denials.length + shadowDenials.length === 0) return {};
  const rules = create(RbacPerRouteSchema, {
    rbac: {
      trackPerRuleStats: true,
      ...(denials.length === 0 ? {} : { rules: deny(denials) }),
      ...(shadowDenials.length === 0
        ? {}
        : { shadowRules: deny(shadowDenials), shadowRulesStatPrefix: SHADOW_PREFIX }),
    },
  });
  return {
    [RBAC]: pack(FilterConfigSchema, create(FilterConfigSchema, { config: pack(RbacPerRouteSchema, rules) })),
  };
}

function deny(denials: readonly DenialIr[]): MessageInitShape<typeof RbacSchema> {
  return {
    action: Rbac_Action.DENY,
    policies: Object.fromEntries(denials.map((denial) => [denial.name, policy(denial)])),
  };
}

function policy(denial: DenialIr): MessageInitShape<typeof RbacPolicySchema> {
  return { permissions: [{ rule: { case: 'any', value: true } }], principals: [principal(denial.if)] };
}
