import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type RouteMatch, RouteMatchSchema } from '@paymesh/common/envoy';
import { templateRegex } from '@paymesh/common/policy';

import type { RequestMatchIr } from '../ir/index.ts';

/** Method and path; the query is never part of it. */
export function routeMatch({ method, path }: RequestMatchIr): RouteMatch {
  return create(RouteMatchSchema, {
    pathSpecifier: pathSpecifier(path),
    headers:
      method === undefined
        ? []
        : [
            {
              name: ':method',
              headerMatchSpecifier: {
                case: 'stringMatch',
                value: { matchPattern: { case: 'exact', value: method } },
              },
            },
          ],
  });
}

type PathSpecifier = NonNullable<MessageInitShape<typeof RouteMatchSchema>['pathSpecifier']>;

function pathSpecifier(path: RequestMatchIr['path']): PathSpecifier {
  switch (path.kind) {
    case 'exact':
      return { case: 'path', value: path.value };
    case 'prefix':
      // `/v1/pay` must not take `/v1/payroll`; Envoy wants this form without a slash at the end.
      return path.value.endsWith('/')
        ? { case: 'prefix', value: path.value }
        : { case: 'pathSeparatedPrefix', value: path.value };
    case 'template':
      return { case: 'safeRegex', value: { regex: templateRegex(path.value) } };
  }
}
