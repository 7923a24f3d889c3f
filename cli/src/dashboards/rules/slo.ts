import { ratio } from '../promql.ts';
import { BURNS, type Burn, ERROR_BUDGET, FEWEST_FAILED, SLO_WINDOWS } from '../slo.ts';
import type { Alert, Recording, RuleFile } from './model.ts';

const REQUESTS = 'envoy_cluster_upstream_rq_xx';

/** Shares of errors of every service, in the names that Sloth gives, and the alerts on how fast the budget burns. */
export function sloRules(): RuleFile {
  return {
    name: 'slo',
    rules: [
      ...SLO_WINDOWS.flatMap(recordings),
      {
        record: 'slo:sli_error:ratio_rate30d',
        expr: 'sum_over_time(slo:sli_error:ratio_rate5m[30d]) / count_over_time(slo:sli_error:ratio_rate5m[30d])',
      },
      burnAlert('SloBurnPage', 'page'),
      burnAlert('SloBurnTicket', 'ticket'),
    ],
  };
}

function recordings(window: string): readonly Recording[] {
  const all = `sum by (service) (rate(${REQUESTS}{service!=""}[${window}]))`;
  const failed = `sum by (service) (rate(${REQUESTS}{service!="", envoy_response_code_class="5"}[${window}]))`;
  return [
    {
      record: `slo:sli_error:ratio_rate${window}`,
      // A service that never failed has no series of class 5 at all.
      expr: ratio(failed, all),
    },
    { record: `slo:sli_total:rate${window}`, expr: all },
  ];
}

function burnAlert(name: string, severity: Burn['severity']): Alert {
  return {
    name,
    severity,
    expr: BURNS.filter((burn) => burn.severity === severity)
      .map(burning)
      .join('\nor\n'),
    summary: '{{ $labels.service }} burns its error budget',
    description:
      '{{ $value | humanizePercentage }} of requests fail. At this pace the budget of 30 days is gone early; both a long and a short window show it.',
  };
}

function burning({ rate, long, short, longSeconds }: Burn): string {
  const limit = `${rate} * ${ERROR_BUDGET}`;
  const failed = `slo:sli_error:ratio_rate${long} * slo:sli_total:rate${long} * ${longSeconds}`;
  return `(slo:sli_error:ratio_rate${long} > ${limit} and slo:sli_error:ratio_rate${short} > ${limit} and ${failed} >= ${FEWEST_FAILED})`;
}
