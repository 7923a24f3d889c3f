import { stringify } from 'yaml';

import type { Alert, Recording, RuleFile } from './model.ts';

/** Where the page of an alert is. */
const RUNBOOKS = 'https://github.com/paymesh/paymesh/blob/main/docs/runbooks';

/** The file as Prometheus, and the spec of a PrometheusRule, have it. */
export function toPrometheus({ name, rules }: RuleFile): string {
  return stringify(
    { groups: [{ name: `paymesh-${name}`, rules: rules.map(toRule) }] },
    { lineWidth: 0, blockQuote: 'literal' },
  );
}

function toRule(rule: Alert | Recording): object {
  if ('record' in rule) return { record: rule.record, expr: rule.expr };
  return {
    alert: rule.name,
    expr: rule.expr,
    ...(rule.for === undefined ? {} : { for: rule.for }),
    labels: { severity: rule.severity },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${RUNBOOKS}/${rule.name}.md`,
    },
  };
}
