import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { Counter, createRegistry } from '@paymesh/common/metrics';
import { createService, orInvalid } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

import { assess, parseAssessment, type RiskRules } from './assess.ts';
import { createVelocity } from './velocity.ts';

export type { RiskRules } from './assess.ts';
export { readRules } from './rules.ts';

export interface RiskOptions {
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly rules: RiskRules;
}

/** Says of a payment: allow, review or deny, with the reasons. */
export function buildRisk({ clock, rules, ...options }: RiskOptions): FastifyInstance {
  const registry = createRegistry('risk');
  const decisions = new Counter({
    name: 'risk_decisions_total',
    help: 'Assessed payments by decision',
    labelNames: ['decision'],
    registers: [registry],
  });
  const velocity = createVelocity();
  const app = createService({ ...options, registry });
  app.post('/v1/assess', async (request) => {
    const asked = orInvalid(parseAssessment(request.body));
    const verdict = assess(asked, velocity.hit(asked.payerId, clock.now()), rules);
    decisions.inc({ decision: verdict.decision });
    return verdict;
  });
  return app;
}
