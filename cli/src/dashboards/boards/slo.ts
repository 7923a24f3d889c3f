import type { MeshFacts } from '../facts.ts';
import type { Board, BoardRow } from '../model.ts';
import { ERROR_BUDGET, SLO_WINDOWS } from '../slo.ts';

/** How much of the error budget of each service is left, and how fast it goes. */
export function sloBoard({ services }: MeshFacts): Board {
  return {
    name: 'slo',
    title: 'Paymesh / SLO and error budget',
    description: 'Share of requests without a 5xx, from the recording rules of helm/paymesh/rules/slo.yaml.',
    rows: services.map(serviceRow),
  };
}

function serviceRow(service: string): BoardRow {
  const selector = `{service="${service}"}`;
  return {
    title: `Service ${service}`,
    panels: [
      {
        title: `Budget left of ${service}`,
        description:
          'Share of the errors that 30 days may have which is not used up; below 0 the SLO is broken.',
        unit: 'percentunit',
        view: 'value',
        queries: [{ expr: `1 - slo:sli_error:ratio_rate30d${selector} / ${ERROR_BUDGET}`, legend: 'left' }],
      },
      {
        title: `Burn rate of ${service}`,
        description:
          'How many times faster than allowed the budget goes; 1 lasts exactly 30 days, above 14.4 for an hour pages.',
        unit: 'short',
        view: 'lines',
        queries: SLO_WINDOWS.map((window) => ({
          expr: `slo:sli_error:ratio_rate${window}${selector} / ${ERROR_BUDGET}`,
          legend: window,
        })),
      },
      {
        title: `Errors of ${service}`,
        description: 'Share of requests that failed within 5 minutes.',
        unit: 'percentunit',
        view: 'lines',
        queries: [{ expr: `slo:sli_error:ratio_rate5m${selector}`, legend: 'errors' }],
      },
    ],
  };
}
