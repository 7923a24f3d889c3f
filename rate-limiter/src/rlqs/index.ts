export { createFindQuotaRule, type FindQuotaRuleOptions } from './find-rule.ts';
export { TICK_MS } from './limits.ts';
export { createOverrideChanges } from './override-changes.ts';
export { createPeers, type PeerExchange } from './peers.ts';
export { createQuotas, type Quotas } from './quotas.ts';
export { openRedisExchange } from './redis-exchange.ts';
export { createRlqsService } from './service.ts';
export type { QuotaObserver } from './types.ts';
