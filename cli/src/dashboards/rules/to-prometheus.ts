import { stringify } from 'yaml';

import type { Alert, Recording, RuleFile } from './model.ts';

/** Where the pages are in the repository; whoever publishes them elsewhere says where. */
export const RUNBOOKS = 'docs/runbooks';

export interface RuleOptions {
  /** What stands before `/NAME.md` in `runbook_url`: a URL, without a slash at its end. Default `RUNBOOKS`. */
  readonly runbooks?: string;
  /** Other lengths for windows (`[5m]`, `offset 5m`), such as those of a rehearsal. Default: as they are. */
  readonly window?: (length: string) => string;
  /** Other lengths for `for`. Default: as they are. */
  readonly hold?: (length: string) => string;
}

/** The file as Prometheus, and the spec of a PrometheusRule, have it. */
export function toPrometheus({ name, rules }: RuleFile, options: RuleOptions = {}): string {
  return stringify(
    { groups: [{ name: `paymesh-${name}`, rules: rules.map((rule) => toRule(rule, options)) }] },
    { lineWidth: 0, blockQuote: 'literal' },
  );
}

function toRule(
  rule: Alert | Recording,
  { runbooks = RUNBOOKS, window = unchanged, hold = unchanged }: RuleOptions,
): object {
  const expr = rule.expr.replace(
    /(\[|\boffset )(\d+[smhd])\b/g,
    (_match, before: string, length: string) => before + window(length),
  );
  if ('record' in rule) return { record: rule.record, expr };
  return {
    alert: rule.name,
    expr,
    ...(rule.for === undefined ? {} : { for: hold(rule.for) }),
    labels: { severity: rule.severity },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      runbook_url: `${runbooks}/${rule.name}.md`,
    },
  };
}

function unchanged(length: string): string {
  return length;
}
