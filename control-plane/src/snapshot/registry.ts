import { createRegistry, type Registry } from '@bufbuild/protobuf';
import { envoyRegistry } from '@paymesh/common/envoy';

import { PreviousPrioritiesConfigSchema, StdoutAccessLogSchema } from '../translator/index.ts';

/** Looks inside every Any that Paymesh builds. */
export const resourceRegistry: Registry = createRegistry(
  envoyRegistry,
  PreviousPrioritiesConfigSchema,
  StdoutAccessLogSchema,
);
