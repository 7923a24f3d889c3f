import { formatDuration } from './duration.ts';
import type { TimeRange } from './time-range.ts';

/** What a variable stands for: texts, and whether its reader may choose several. */
export interface VariableValue {
  readonly values: readonly string[];
  readonly isMulti: boolean;
  /** Stands for itself in a query, as a custom "all" does. */
  readonly isRaw?: boolean;
}

export type VariableValues = ReadonlyMap<string, VariableValue>;

/** `$name`, `${name}`, `${name:format}`, `[[name]]`. */
const REFERENCE = /\$(\w+)|\$\{(\w+)(?:\.\w+)?(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g;

/** Samples that a rate needs of its window, whatever the zoom. */
const SAMPLES_OF_A_RATE = 4;

/** The variables that Grafana has in every query (`$__rate_interval`, `$__interval`, `$__range`, ...). */
export function builtInValues(range: TimeRange, scrapeIntervalMs: number): VariableValues {
  const rangeMs = range.endMs - range.startMs;
  const rateMs = Math.max(range.stepMs + scrapeIntervalMs, SAMPLES_OF_A_RATE * scrapeIntervalMs);
  const texts: readonly (readonly [string, string])[] = [
    ['__rate_interval', formatDuration(rateMs)],
    ['__rate_interval_ms', String(rateMs)],
    ['__interval', formatDuration(range.stepMs)],
    ['__interval_ms', String(range.stepMs)],
    ['__range', formatDuration(rangeMs)],
    ['__range_s', String(Math.round(rangeMs / 1_000))],
    ['__range_ms', String(rangeMs)],
    ['__from', String(range.startMs)],
    ['__to', String(range.endMs)],
  ];
  return new Map(texts.map(([name, text]) => [name, { values: [text], isMulti: false }]));
}

/** Puts variables into PromQL as Grafana does: several as `(a|b)`, with what a matcher reads specially escaped. */
export function interpolateQuery(text: string, values: VariableValues): string {
  return replaceReferences(text, values, inQuery);
}

/** Puts variables into a title or a legend, as a person reads them. */
export function interpolateText(text: string, values: VariableValues): string {
  return replaceReferences(text, values, ({ values: texts }) => texts.join(' + '));
}

/** What is no known variable stays: `$` also ends a pattern. */
function replaceReferences(
  text: string,
  values: VariableValues,
  write: (value: VariableValue, format: string | undefined) => string,
): string {
  return text.replace(REFERENCE, (whole, ...groups: (string | undefined)[]) => {
    const [plain, braced, bracedFormat, bracketed, bracketedFormat] = groups;
    const value = values.get(plain ?? braced ?? bracketed ?? '');
    return value === undefined ? whole : write(value, bracedFormat ?? bracketedFormat);
  });
}

function inQuery({ values, isMulti, isRaw }: VariableValue, format: string | undefined): string {
  if (format === 'raw' || format === 'csv') return values.join(',');
  if (format === 'pipe') return values.join('|');
  if (format === 'doublequote') return values.map((value) => JSON.stringify(value)).join(',');
  if (isRaw) return values.join('|');
  if (!isMulti && format !== 'regex') return values.map(escapeText).join('|');
  const escaped = values.map(escapePattern);
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

/** For a string of PromQL: `prometheusRegularEscape` of Grafana. */
function escapeText(value: string): string {
  return value.replace(/["\\]/g, '\\$&');
}

/** For a pattern within a string of PromQL: `prometheusSpecialRegexEscape` of Grafana. */
function escapePattern(value: string): string {
  return value
    .replace(/\\/g, '\\\\\\\\')
    .replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')
    .replace(/"/g, '\\"');
}
