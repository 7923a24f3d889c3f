import type { LimitRequest } from '../limiter/index.ts';
import type { Entry } from '../match/index.ts';

/** A request as a log has it. */
export interface LogLine {
  readonly timeMs: number;
  readonly request: LimitRequest;
  /** What was decided then; absent where the log does not say. */
  readonly wasOver?: boolean;
}

export type ParsedLine =
  | { readonly kind: 'ok'; readonly line: LogLine }
  | { readonly kind: 'error'; readonly message: string };

const MAX_HITS = 4_294_967_295;
/** The end of the year 9999; later seconds are milliseconds by mistake. */
const MAX_TIME_MS = 253_402_300_799_999;
/** A key that JSON.parse puts before all others. */
const MOVED_KEY = /^(?:0|[1-9]\d*)$/;

/**
 * Reads a line of a log: `{"time": RFC 3339 text or Unix seconds, "domain": D, "descriptors": [{"entries": E, "hits": N}],
 * "hits": N, "over": B}`. Entries are `{"key": "value", ...}` in order, or a list of `{"key", "value"}`. hits
 * and over may be left out; further fields are not read.
 */
export function parseLogLine(text: string): ParsedLine {
  const fields = parseObject(text);
  if (fields === undefined) return wrong('no JSON object');
  const timeMs = parseTime(fields['time']);
  if (timeMs === undefined) return wrong('time: expected RFC 3339 or Unix seconds, up to the year 9999');
  const { domain, descriptors, hits = 1, over } = fields;
  if (typeof domain !== 'string' || domain === '') return wrong('domain: expected the name of a domain');
  if (!Array.isArray(descriptors) || descriptors.length === 0) return wrong('descriptors: expected a list');
  if (!isHits(hits)) return wrong('hits: expected a whole number');
  const parsed = descriptors.map((json) => parseDescriptor(json, hits));
  const known = parsed.filter((descriptor) => descriptor !== undefined);
  if (known.length !== parsed.length) {
    return wrong(
      'descriptors: each has entries {"key": "value"}, with a number for a key [{"key": "1", "value": "2"}], and maybe hits, a whole number',
    );
  }
  if (over !== undefined && typeof over !== 'boolean') return wrong('over: expected true or false');
  const request = { domain, descriptors: known };
  return { kind: 'ok', line: { timeMs, request, ...(over !== undefined && { wasOver: over }) } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    // No JSON is the same as another form of it.
    return undefined;
  }
}

function parseTime(time: unknown): number | undefined {
  const timeMs = typeof time === 'string' ? Date.parse(time) : Number(time) * 1_000;
  const isTime = typeof time !== 'object' && timeMs >= 0 && timeMs <= MAX_TIME_MS;
  return isTime ? Math.floor(timeMs) : undefined;
}

function parseDescriptor(json: unknown, usualHits: number): LimitRequest['descriptors'][number] | undefined {
  if (!isObject(json)) return undefined;
  const { entries, hits = usualHits } = json;
  const parsed = Array.isArray(entries) ? parseList(entries) : parseMap(entries);
  return parsed !== undefined && isHits(hits) ? { entries: parsed, hits } : undefined;
}

function parseList(list: readonly unknown[]): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  for (const json of list) {
    if (!isObject(json)) return undefined;
    const { key, value } = json;
    if (typeof key !== 'string' || typeof value !== 'string') return undefined;
    entries.push({ key, value });
  }
  return entries;
}

/** A map that may have lost its order is none. */
function parseMap(map: unknown): readonly Entry[] | undefined {
  if (!isObject(map)) return undefined;
  const entries = Object.entries(map).map(([key, value]) => ({ key, value }));
  const isMoved = entries.length > 1 && entries.some(({ key }) => MOVED_KEY.test(key));
  return isMoved ? undefined : parseList(entries);
}

function isHits(hits: unknown): hits is number {
  return Number.isSafeInteger(hits) && Math.abs(Number(hits)) <= MAX_HITS;
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wrong(message: string): ParsedLine {
  return { kind: 'error', message };
}
