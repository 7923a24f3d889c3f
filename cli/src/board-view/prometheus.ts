import { listIn, objectIn, textIn } from './json.ts';
import { PrometheusError, type PrometheusErrorCode } from './prometheus-error.ts';
import type { TimeRange } from './time-range.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series of an answer: `[Unix seconds, value as text]`, oldest first. */
export interface RawSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [number, string])[];
}

/** The three questions that a board asks. Each rejects with a PrometheusError. */
export interface Prometheus {
  queryRange(expr: string, range: TimeRange): Promise<readonly RawSeries[]>;
  /** The values at one moment. */
  query(expr: string, atMs: number): Promise<readonly RawSeries[]>;
  /** Values of a label, of all series or of those that fit a selector, within the range. */
  labelValues(label: string, selector: string | undefined, range: TimeRange): Promise<readonly string[]>;
}

export interface PrometheusOptions {
  /** Base URL; may hold a path. */
  readonly url: URL;
  /** Sent as `Authorization: Bearer`. */
  readonly token: string | undefined;
  /** Ends every question. */
  readonly signal: AbortSignal;
  /** Longest wait for an answer, in milliseconds. Default 15 000. */
  readonly timeoutMs?: number;
  /** Bytes of one answer. Default 16 MiB: 100 series of 2000 points have 5. */
  readonly maxBytes?: number;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 16_777_216;

/** A client of the HTTP API of a Prometheus, or of what speaks like one (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheus(options: PrometheusOptions): Prometheus {
  const timeout = seconds(options.timeoutMs ?? TIMEOUT_MS);
  return {
    queryRange: async (query, { startMs, endMs, stepMs }) =>
      seriesIn(
        await call(options, 'query_range', {
          query,
          start: seconds(startMs),
          end: seconds(endMs),
          step: seconds(stepMs),
          timeout,
        }),
      ),
    query: async (query, atMs) =>
      seriesIn(await call(options, 'query', { query, time: seconds(atMs), timeout })),
    labelValues: async (label, selector, { startMs, endMs }) => {
      const match: Record<string, string> = selector === undefined ? {} : { 'match[]': selector };
      const search = new URLSearchParams({ start: seconds(startMs), end: seconds(endMs), ...match });
      const found = await call(
        options,
        `label/${encodeURIComponent(label)}/values?${search.toString()}`,
        undefined,
      );
      return listIn(found).filter((value) => typeof value === 'string') as readonly string[];
    },
  };
}

function seconds(ms: number): string {
  return String(ms / 1_000);
}

/** Sends one question and gives the `data` of its answer. */
async function call(
  options: PrometheusOptions,
  path: string,
  form: Readonly<Record<string, string>> | undefined,
): Promise<unknown> {
  const { url, token, signal, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${url.href.replace(/\/$/, '')}/api/v1/${path}`, {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      // A form, as Grafana sends it: long expressions do not fit into every URL.
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
      signal: AbortSignal.any([signal, timeout]),
    });
    return dataOf(response.status, await textOf(response, maxBytes));
  } catch (error) {
    if (error instanceof PrometheusError) throw error;
    if (timeout.aborted) throw failure('timeout', `no answer within ${seconds(timeoutMs)} s`, error);
    throw failure('unreachable', reasonOf(error), error);
  }
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  if (body === undefined) return '';
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > maxBytes) {
      const limit = Math.floor(maxBytes / 1_048_576);
      throw failure('too-large', `the answer is larger than ${limit} MiB: narrow the range or widen --step`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function dataOf(status: number, text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw failure('not-prometheus', `it answered ${status}, and not as a Prometheus does`, error);
  }
  const answer = objectIn(parsed);
  if (answer['status'] === 'success') return answer['data'];
  if (answer['status'] !== 'error')
    throw failure('not-prometheus', `it answered ${status}, and not as a Prometheus does`);
  throw failure(
    answer['errorType'] === 'timeout' ? 'timeout' : 'refused',
    textIn(answer['error'], `answered ${status}`),
  );
}

/** A matrix, or a vector as series of one sample. */
function seriesIn(data: unknown): readonly RawSeries[] {
  const { resultType, result } = objectIn(data);
  if (resultType === 'scalar') return [{ labels: {}, samples: [sampleIn(result)] }];
  return listIn(result).map((item) => {
    const { metric, values, value } = objectIn(item);
    const samples = resultType === 'matrix' ? listIn(values) : [value];
    return { labels: labelsIn(metric), samples: samples.map(sampleIn) };
  });
}

function labelsIn(metric: unknown): Labels {
  return Object.fromEntries(Object.entries(objectIn(metric)).map(([name, value]) => [name, textIn(value)]));
}

function sampleIn(value: unknown): readonly [number, string] {
  const [time, text] = listIn(value);
  return [Number(time), textIn(text, 'NaN')];
}

function failure(code: PrometheusErrorCode, message: string, cause?: unknown): PrometheusError {
  return new PrometheusError(code, message, { cause });
}

/** What the system says, below "fetch failed" and, where several addresses were tried, of the first. */
function reasonOf(error: unknown): string {
  const { cause, errors, message, code } = objectIn(error);
  if (cause !== undefined) return reasonOf(cause);
  if (Array.isArray(errors)) return reasonOf(errors[0]);
  return textIn(message) || textIn(code, String(error));
}
