export { createFindQuotaRule } from './find-rule.ts';
export { TICK_MS } from './limits.ts';
export { createQuotas, type Quotas } from './quotas.ts';
export { createRlqsService } from './service.ts';
export type { QuotaObserver } from './types.ts';
