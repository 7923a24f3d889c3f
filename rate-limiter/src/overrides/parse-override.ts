import type { Entry } from '../match/index.ts';
import type { Override, OverrideTarget } from './types.ts';

export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly message: string };

const MAX_REQUESTS = 4_294_967_295;
const MAX_TEXT = 1_000;
const MAX_ENTRIES = 20;

/** Reads an override from JSON; unknown fields are refused. */
export function parseOverride(json: unknown): Parsed<Override> {
  const target = parseTarget(json, ['requests', 'untilMs']);
  if (target.kind === 'error') return target;
  const { requests, untilMs } = json as Record<string, unknown>;
  if (!isWhole(requests, MAX_REQUESTS)) {
    return wrong(`requests: expected a whole number from 0 to ${MAX_REQUESTS}`);
  }
  if (untilMs === undefined) return { kind: 'ok', value: { ...target.value, requests } };
  if (!isWhole(untilMs, Number.MAX_SAFE_INTEGER)) return wrong('untilMs: expected Unix milliseconds');
  return { kind: 'ok', value: { ...target.value, requests, untilMs } };
}

/** Reads which descriptors are meant from JSON; `others` are fields that may stand beside. */
export function parseTarget(json: unknown, others: readonly string[] = []): Parsed<OverrideTarget> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return wrong('expected a JSON object');
  const fields = json as Record<string, unknown>;
  const unknown = Object.keys(fields).find(
    (name) => !['domain', 'label', 'entries', ...others].includes(name),
  );
  if (unknown !== undefined) return wrong(`${unknown}: no such field`);
  const { domain, label, entries } = fields;
  if (!isText(domain)) return wrong('domain: expected the name of a domain');
  if (!isText(label)) return wrong('label: expected the label of a rule, as GET /rules shows it');
  const parsed = parseEntries(entries);
  if (parsed.kind === 'error') return parsed;
  return { kind: 'ok', value: { domain, label, entries: parsed.value } };
}

/** Reads `[{key, value}, ...]`, each key once. */
export function parseEntries(json: unknown): Parsed<readonly Entry[]> {
  if (!Array.isArray(json) || json.length === 0 || json.length > MAX_ENTRIES) {
    return wrong(`entries: expected a list of 1 to ${MAX_ENTRIES} entries {"key", "value"}`);
  }
  const entries = json.map(parseEntry);
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length !== entries.length) {
    return wrong(`entries: each is {"key": text, "value": text} of at most ${MAX_TEXT} characters`);
  }
  const keys = new Set(known.map(({ key }) => key));
  return keys.size === known.length
    ? { kind: 'ok', value: known }
    : wrong('entries: a key stands there twice');
}

function parseEntry(json: unknown): Entry | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { key, value, ...rest } = json as Record<string, unknown>;
  if (!isText(key) || typeof value !== 'string' || value.length > MAX_TEXT) return undefined;
  return Object.keys(rest).length === 0 ? { key, value } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function wrong(message: string): { readonly kind: 'error'; readonly message: string } {
  return { kind: 'error', message };
}
