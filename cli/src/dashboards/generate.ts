import type { PolicyDocument } from '@paymesh/common/policy';

import { boardsOf } from './boards/all.ts';
import { factsOf } from './facts.ts';
import { rulesOf } from './rules/all.ts';
import { type RuleOptions, toPrometheus } from './rules/to-prometheus.ts';
import { toGrafana } from './to-grafana.ts';

/** `dashboards/NAME.json` and `rules/NAME.yaml` to their text, for a set of policies: the same set, the same bytes. */
export function generateFiles(
  documents: readonly PolicyDocument[],
  options: RuleOptions = {},
): ReadonlyMap<string, string> {
  const facts = factsOf(documents);
  return new Map([
    ...boardsOf(facts).map(
      (board) => [`dashboards/${board.name}.json`, `${JSON.stringify(toGrafana(board), null, 2)}\n`] as const,
    ),
    ...rulesOf(facts).map((file) => [`rules/${file.name}.yaml`, toPrometheus(file, options)] as const),
  ]);
}
