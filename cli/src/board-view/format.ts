/** How numbers of a unit are written: the largest step that a number reaches gives its suffix. */
export interface UnitScale {
  /** Factors of one, ascending, and what stands behind the number. */
  readonly steps: readonly (readonly [number, string])[];
  /** Digits behind the point; null: as many as say something. */
  readonly decimals: number | null;
}

type Steps = UnitScale['steps'];

/** A second in seconds, and so on: time is written in the unit that fits. */
const SECONDS: Steps = [
  [1e-9, ' ns'],
  [1e-6, ' µs'],
  [1e-3, ' ms'],
  [1, ' s'],
  [60, ' min'],
  [3_600, ' h'],
  [86_400, ' d'],
];

const UNITS: Readonly<Record<string, Steps>> = {
  none: [[1, '']],
  short: steps(1e3, ['', ' K', ' Mil', ' Bil', ' Tri']),
  percent: [[1, '%']],
  percentunit: [[0.01, '%']],
  reqps: steps(1e3, [' req/s', 'K req/s', 'M req/s']),
  ops: steps(1e3, [' ops/s', 'K ops/s', 'M ops/s']),
  rps: steps(1e3, [' rd/s', 'K rd/s', 'M rd/s']),
  cps: steps(1e3, [' c/s', 'K c/s', 'M c/s']),
  bytes: steps(1_024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']),
  decbytes: steps(1e3, [' B', ' kB', ' MB', ' GB', ' TB']),
  Bps: steps(1e3, [' B/s', ' kB/s', ' MB/s', ' GB/s']),
  binBps: steps(1_024, [' B/s', ' KiB/s', ' MiB/s', ' GiB/s']),
  ns: timesIn(1e-9),
  µs: timesIn(1e-6),
  ms: timesIn(1e-3),
  s: SECONDS,
  m: timesIn(60),
  h: timesIn(3_600),
  d: timesIn(86_400),
};

/** The scale of a unit of Grafana; a unit that is not known here is written behind the number. */
export function scaleOf(unit: string, decimals: number | undefined): UnitScale {
  const known = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return {
    steps: known ?? [[1, unit === '' ? '' : ` ${unit}`]],
    decimals: decimals === undefined ? null : Math.min(Math.max(Math.round(decimals), 0), 10),
  };
}

/**
 * A number as people read it. `apart`: how far the next one is, on an axis; as many digits as tell them apart.
 * Its text is also put into the page, so it uses nothing but its arguments.
 */
export function formatValue(value: number, scale: UnitScale, apart?: number): string {
  const size = Math.abs(value);
  const base = scale.steps.find(([factor]) => factor === 1) ?? scale.steps[0] ?? [1, ''];
  const reached = scale.steps.filter(([factor]) => size >= factor * 0.9995).at(-1) ?? scale.steps[0] ?? base;
  const [factor, suffix] = size === 0 ? base : reached;
  const scaled = value / factor;
  let decimals = 2;
  if (scale.decimals !== null) decimals = scale.decimals;
  else if (apart !== undefined)
    decimals = Math.min(Math.max(Math.ceil(-Math.log10(apart / factor) - 1e-9), 0), 6);
  else if (Math.abs(scaled) >= 100) decimals = 0;
  else if (Math.abs(scaled) >= 10) decimals = 1;
  const text = scaled.toFixed(decimals);
  return (scale.decimals === null && decimals > 0 ? text.replace(/\.?0+$/, '') : text) + suffix;
}

function steps(base: number, suffixes: readonly string[]): Steps {
  return suffixes.map((suffix, index) => [base ** index, suffix]);
}

/** The same steps for numbers that count something else than seconds. */
function timesIn(seconds: number): Steps {
  return SECONDS.map(([factor, suffix]) => [factor / seconds, suffix]);
}
