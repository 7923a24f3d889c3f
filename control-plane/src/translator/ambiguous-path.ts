import { create } from '@bufbuild/protobuf';
import { type Route, RouteSchema } from '@paymesh/common/envoy';

import type { VirtualHostIr } from '../ir/index.ts';
import { unchecked } from './filters/ext-authz.ts';
import type { RouteTableInput } from './filters/filter.ts';

/**
 * Envoy normalises a path once and chooses the route by that; some programs read more into it: parameters after `;`
 * (Envoy makes `/open/%2e%2e;/signed` the path `/open/..;/signed`, which servlets read as `/signed`), escapes of
 * escapes, overlong UTF-8, `%u002f`. The request would be unsigned for Envoy and at the signed path for them.
 */
const AMBIGUOUS = '.*(?:;|%3[bB]|%25[0-9a-fA-F]{2}|%[cC][01]|%[uU]).*';

const BAD_REQUEST = 400;

/** Where any route is signed or has rules of access, the first of its virtual host refuses paths that have two readings. */
export function refuseAmbiguousPaths({ routes }: VirtualHostIr, table: RouteTableInput): readonly Route[] {
  if (table.direction === 'outbound') return [];
  if (routes.every(({ signing, access }) => signing === undefined && access === undefined)) return [];
  return [
    create(RouteSchema, {
      name: 'ambiguous-path',
      statPrefix: 'ambiguous-path',
      match: { pathSpecifier: { case: 'safeRegex', value: { regex: AMBIGUOUS } } },
      action: { case: 'directResponse', value: { status: BAD_REQUEST } },
      typedPerFilterConfig: unchecked(table),
    }),
  ];
}
