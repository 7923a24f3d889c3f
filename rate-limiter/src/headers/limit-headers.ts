import { periodMs } from '../algorithm/index.ts';
import type { DescriptorStatus, StatusLimit } from '../limiter/index.ts';
import type { Allowance, HeaderStyle } from '../match/index.ts';

export type Header = readonly [name: string, value: string];

/** A client is told of the strictest so many limits. */
const MAX_LIMITS = 10;
/** Names in headers are no longer; they are the configuration's. */
const MAX_NAME = 100;

interface Told {
  readonly limit: StatusLimit;
  readonly remaining: number;
  readonly isOver: boolean;
}

/** The headers of an answer that tell of its limits, each in the style of its rule or, where that says none, in the usual one. */
export function limitHeaders(statuses: readonly DescriptorStatus[], usual: HeaderStyle): readonly Header[] {
  const draft: Told[] = [];
  const bare: Told[] = [];
  for (const { limit, remaining, isOver } of statuses) {
    if (limit === undefined) continue;
    const style = limit.headers ?? usual;
    if (style === 'draft') draft.push({ limit, remaining, isOver });
    if (style === 'x-ratelimit') bare.push({ limit, remaining, isOver });
  }
  if (draft.length === 0 && bare.length === 0) return [];
  return [...draftHeaders(draft), ...bareHeaders(bare)];
}

/**
 * RateLimit-Policy and RateLimit of draft-ietf-httpapi-ratelimit-headers-10: structured fields, a list of named items.
 * A limit of requests under way has no window; its quota unit is `concurrent-requests`.
 */
function draftHeaders(told: readonly Told[]): readonly Header[] {
  if (told.length === 0) return [];
  const shown = strictestFirst(told).slice(0, MAX_LIMITS);
  return [
    ['ratelimit-policy', shown.map(policyItem).join(', ')],
    ['ratelimit', shown.map(limitItem).join(', ')],
  ];
}

function policyItem({ limit }: Told): string {
  const window = windowText(limit.allowance);
  return `${nameText(limit)};q=${limit.requests}${window}`;
}

function windowText(allowance: Allowance): string {
  if (allowance.kind === 'concurrency') return ';qu="concurrent-requests"';
  return allowance.kind === 'rate' ? `;w=${periodMs(allowance.period) / 1_000}` : '';
}

function limitItem({ limit, remaining }: Told): string {
  return `${nameText(limit)};r=${remaining};t=${limit.resetSeconds}`;
}

/** A string of RFC 9651: printable ASCII. What is not becomes `?`. */
function nameText({ name, label }: StatusLimit): string {
  const text = (name === '' ? label : name).slice(0, MAX_NAME);
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The three that most clients know: of the strictest limit only. */
function bareHeaders(told: readonly Told[]): readonly Header[] {
  const [strictest] = strictestFirst(told);
  if (strictest === undefined) return [];
  return [
    ['x-ratelimit-limit', String(strictest.limit.requests)],
    ['x-ratelimit-remaining', String(strictest.remaining)],
    ['x-ratelimit-reset', String(strictest.limit.resetSeconds)],
  ];
}

/** What is over comes first, and of that what holds longest; then what has least left. */
function strictestFirst(told: readonly Told[]): readonly Told[] {
  return told.length === 1 ? told : told.toSorted(compare);
}

function compare(a: Told, b: Told): number {
  if (a.isOver !== b.isOver) return a.isOver ? -1 : 1;
  return a.isOver ? b.limit.resetSeconds - a.limit.resetSeconds : a.remaining - b.remaining;
}
