/** Labels and `[Unix seconds, value]` of one series. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface Span {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** What a Prometheus is asked. */
export interface PrometheusQueries {
  /** What an expression gave within a span, looked at each second. */
  range(expr: string, span: Span): Promise<readonly RangeSeries[]>;
  /** Names of labels that the series of a selector had within a span; empty when there was no such series. */
  labels(selector: string, span: Span): Promise<readonly string[]>;
  /** Rejects unless an expression gives a series now. */
  expect(expr: string): Promise<void>;
  /** Rejects unless an alert fires now. */
  expectFiring(alert: string): Promise<void>;
}

const QUERY_TIMEOUT_MS = 30_000;

/** Of the Prometheus at `http://HOST:PORT`. */
export function queriesOf(url: string): PrometheusQueries {
  return {
    range: async (expr, { from, to }) => {
      const { result } = await ask<{ result: readonly RangeSeries[] }>(url, 'query_range', {
        query: expr,
        start: String(from / 1_000),
        end: String(to / 1_000),
        step: '1',
      });
      return result;
    },
    labels: (selector, { from, to }) =>
      ask(url, 'labels', { 'match[]': selector, start: String(from / 1_000), end: String(to / 1_000) }),
    expect: (expr) => expectOne(url, expr),
    expectFiring: (alert) => expectOne(url, `ALERTS{alertname="${alert}", alertstate="firing"}`),
  };
}

async function expectOne(url: string, expr: string): Promise<void> {
  const { result } = await ask<{ result: readonly unknown[] }>(url, 'query', { query: expr });
  if (result.length === 0) throw new Error(`prometheus sees no ${expr}`);
}

async function ask<T>(url: string, what: string, query: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`${url}/api/v1/${what}?${new URLSearchParams(query).toString()}`, {
    signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`prometheus answered ${response.status} to ${what}: ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}
