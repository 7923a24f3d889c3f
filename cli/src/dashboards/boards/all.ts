import type { MeshFacts } from '../facts.ts';
import type { Board } from '../model.ts';
import { controlPlaneBoard } from './control-plane.ts';
import { decisionsBoard } from './decisions.ts';
import { limitsBoard } from './limits.ts';
import { overviewBoard } from './overview.ts';
import { paymentsBoard } from './payments.ts';
import { resilienceBoard } from './resilience.ts';
import { signingBoard } from './signing.ts';
import { sloBoard } from './slo.ts';

/** Every board of a mesh, in the order in which one looks at them. */
export function boardsOf(facts: MeshFacts): readonly Board[] {
  return [
    overviewBoard(facts),
    paymentsBoard(),
    decisionsBoard(facts),
    resilienceBoard(facts),
    limitsBoard(facts),
    signingBoard(facts),
    controlPlaneBoard(),
    sloBoard(facts),
  ];
}
