import type { Any } from '@bufbuild/protobuf/wkt';
import type { HttpFilter } from '@paymesh/common/envoy';

import type { ListenerIr, RouteIr } from '../../ir/index.ts';

/** What one HTTP filter is to Paymesh: one file in this folder, one line in order.ts. */
export interface FilterTranslation {
  /** Its instances in the chain of a listener; what varies by route stays out, so that listeners stay the same. */
  chain(listener: ListenerIr): readonly HttpFilter[];
  /** What a route sets for those instances, by their name in the chain. */
  perRoute(route: RouteIr, listener: ListenerIr): Readonly<Record<string, Any>>;
}
