import { create } from '@bufbuild/protobuf';
import {
  HeaderMutationFilterSchema,
  HeaderMutationPerRouteSchema,
  HeaderValueOption_HeaderAppendAction,
  HttpFilterSchema,
} from '@paymesh/common/envoy';
import { limitPairValue } from '@paymesh/common/policy';

import type { DescriptorEntryIr, QuotaIr, RouteIr } from '../../ir/index.ts';
import { pack } from '../any.ts';
import type { FilterTranslation } from './filter.ts';
import { HEADER_MUTATION } from './names.ts';
import { nameOfStyle, quotaHeader, styleOf } from './quota-style.ts';

/**
 * Writes into headers what a route limits, for rate_limit_quota takes nothing from a route (Envoy refuses
 * RateLimitQuotaOverride). Callers cannot say it: the header of a style is removed before anything else, and the others mean
 * nothing without it. They do not reach the upstream.
 */
export const quotaHeaders: FilterTranslation = {
  chain: ({ quotaCluster }) =>
    quotaCluster === undefined
      ? []
      : [
          create(HttpFilterSchema, {
            name: HEADER_MUTATION,
            configType: {
              case: 'typedConfig',
              value: pack(HeaderMutationFilterSchema, create(HeaderMutationFilterSchema)),
            },
          }),
        ],
  perRoute: ({ quotas = [] }, { quotaCluster }) =>
    quotaCluster === undefined || quotas.length === 0 ? {} : { [HEADER_MUTATION]: mutations(quotas) },
};

/** All headers that are written for a route. */
export function quotaHeadersOf({ quotas = [] }: Pick<RouteIr, 'quotas'>): readonly string[] {
  return quotas.flatMap((quota, slot) => written(quota, slot).map(({ key }) => key));
}

function mutations(quotas: readonly QuotaIr[]) {
  return pack(
    HeaderMutationPerRouteSchema,
    create(HeaderMutationPerRouteSchema, {
      mutations: {
        requestMutations: quotas.flatMap(written).map((header) => ({
          action: {
            case: 'append' as const,
            value: {
              header,
              appendAction: HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
              // An empty one is no value, and must not leave what the caller wrote.
              keepEmptyValue: true,
            },
          },
        })),
      },
    }),
  );
}

function written(quota: QuotaIr, slot: number): readonly { readonly key: string; readonly value: string }[] {
  const name = quotaHeader(slot);
  const values = quota.entries.filter(({ kind }) => kind !== 'fixed');
  return [
    { key: name, value: escaped(nameOfStyle(styleOf(quota))) },
    { key: `${name}-limit`, value: escaped(limitPairValue(quota.policy, quota.limit)) },
    ...values.map((entry, index) => ({ key: `${name}-value-${index + 1}`, value: formatOf(entry) })),
  ];
}

/** A percent sign begins a command. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%');
}

function formatOf(entry: DescriptorEntryIr): string {
  switch (entry.kind) {
    case 'fixed':
      return escaped(entry.value);
    case 'header':
      return `%REQ(${entry.header})%`;
    case 'remoteAddress':
      return '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%';
  }
}
