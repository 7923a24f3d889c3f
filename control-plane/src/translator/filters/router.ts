import { create } from '@bufbuild/protobuf';
import { HttpFilterSchema, RouterSchema } from '@paymesh/common/envoy';

import { pack } from '../any.ts';
import type { FilterTranslation } from './filter.ts';
import { ROUTER } from './names.ts';

/** Sends the request on. */
export const router: FilterTranslation = {
  chain: () => [
    create(HttpFilterSchema, {
      name: ROUTER,
      configType: { case: 'typedConfig', value: pack(RouterSchema, create(RouterSchema)) },
    }),
  ],
  perRoute: () => ({}),
};
