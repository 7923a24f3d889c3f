/** Share of requests that may fail: 99.9 % are to be answered without a 5xx. */
export const ERROR_BUDGET = 0.001;

/** Windows for which the share of errors is recorded, of the multi-window alerts of Google's SRE workbook. */
export const SLO_WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** A rate of burning and the two windows that must both show it. */
export interface Burn {
  readonly rate: number;
  readonly long: (typeof SLO_WINDOWS)[number];
  readonly short: (typeof SLO_WINDOWS)[number];
  /** Length of `long`, in seconds. */
  readonly longSeconds: number;
  readonly severity: 'page' | 'ticket';
}

/** The four of the SRE workbook (chapter 5, table 5-8): 2 %, 5 %, 10 % of 30 days' budget, and all of it. */
export const BURNS: readonly Burn[] = [
  { rate: 14.4, long: '1h', short: '5m', longSeconds: 3_600, severity: 'page' },
  { rate: 6, long: '6h', short: '30m', longSeconds: 21_600, severity: 'page' },
  { rate: 3, long: '1d', short: '2h', longSeconds: 86_400, severity: 'ticket' },
  { rate: 1, long: '3d', short: '6h', longSeconds: 259_200, severity: 'ticket' },
];

/** Fewer failed requests than this in the long window wake nobody: one of ten at night is no outage. */
export const FEWEST_FAILED = 10;
