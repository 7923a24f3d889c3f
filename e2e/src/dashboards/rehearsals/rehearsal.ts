import type { ScenarioMesh } from '../../harness/index.ts';
import type { PrometheusQueries } from '../queries.ts';
import type { Replicas } from '../replicas.ts';

/** What a rehearsal may break and look at. */
export interface Stage {
  readonly mesh: ScenarioMesh;
  readonly prometheus: PrometheusQueries;
  readonly replicas: Replicas;
}

/** Something that goes wrong on purpose, beside the scenarios, and is mended at the end. */
export interface Rehearsal {
  readonly name: string;
  /** Rejects when what should be seen by Prometheus is not seen in time. */
  run(stage: Stage): Promise<void>;
}
