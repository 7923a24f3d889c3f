import type { MeshFacts } from '../facts.ts';
import { controlPlaneRules } from './control-plane.ts';
import type { RuleFile } from './model.ts';
import { paymentRules } from './payments.ts';
import { policyRules } from './policies.ts';
import { resilienceRules } from './resilience.ts';
import { sloRules } from './slo.ts';

/** Every file of rules of a mesh. */
export function rulesOf(facts: MeshFacts): readonly RuleFile[] {
  return [sloRules(), controlPlaneRules, policyRules, resilienceRules(facts), paymentRules];
}
