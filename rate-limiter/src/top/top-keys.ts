import type { Entry } from '../match/index.ts';
import { createTopSketch, type TopKey, type TopSketch } from './space-saving.ts';

/** Hits of one counter. */
export interface KeyHits {
  readonly domain: string;
  /** Of the rule. */
  readonly label: string;
  /** Of the counter: tells it from all others. */
  readonly key: string;
  readonly entries: readonly Entry[];
  readonly hits: number;
  readonly isOver: boolean;
}

/** What keys are ranked by: hits that were over a limit, or all. */
export type TopBy = 'over' | 'hits';

export interface TopView {
  /** Unix milliseconds of the first hit that may be in the counts. */
  readonly sinceMs: number;
  /** The largest first; a count may be up to `error` too high. */
  readonly keys: readonly { label: string; entries: readonly string[]; count: number; error: number }[];
}

export interface TopKeys {
  add(hits: KeyHits, nowMs: number): void;
  list(of: { domain: string; by: TopBy }, nowMs: number): TopView;
}

interface Shown {
  readonly label: string;
  readonly entries: readonly string[];
}

type Sketches = Readonly<Record<TopBy, TopSketch<Shown>>>;

/** Keys known for each domain and ranking. */
const CAPACITY = 100;
/** Domains are those of the configuration; of more than so many nothing is kept. */
const MAX_DOMAINS = 200;
/** What is shown is of the span under way and the one before. */
const SPAN_MS = 300_000;
/** Longer texts are cut: they are a client's. */
const MAX_TEXT = 100;
const MAX_ENTRIES = 10;

interface Span {
  readonly startMs: number;
  readonly domains: Map<string, Sketches>;
}

/** Who uses most and who is limited most, for people, in bounded memory whatever values requests bring. */
export function createTopKeys(): TopKeys {
  let current: Span | undefined;
  let last: Span | undefined;
  const spanAt = (nowMs: number): Span => {
    if (current !== undefined && nowMs - current.startMs < SPAN_MS) return current;
    last = current !== undefined && nowMs - current.startMs < 2 * SPAN_MS ? current : undefined;
    current = { startMs: nowMs, domains: new Map() };
    return current;
  };
  return {
    add: (hits, nowMs) => {
      if (hits.hits <= 0) return;
      const sketches = sketchesOf(spanAt(nowMs), hits.domain);
      const shown = (): Shown => shownOf(hits);
      sketches?.hits.add(hits.key, hits.hits, shown);
      if (hits.isOver) sketches?.over.add(hits.key, hits.hits, shown);
    },
    list: ({ domain, by }, nowMs) => {
      const now = spanAt(nowMs);
      const spans = last === undefined ? [now] : [last, now];
      const known = spans.flatMap((span) => span.domains.get(domain)?.[by].list() ?? []);
      return { sinceMs: spans[0]?.startMs ?? now.startMs, keys: sumByKey(known) };
    },
  };
}

function sketchesOf({ domains }: Span, domain: string): Sketches | undefined {
  const known = domains.get(domain);
  if (known !== undefined || domains.size >= MAX_DOMAINS) return known;
  const made = { over: createTopSketch<Shown>(CAPACITY), hits: createTopSketch<Shown>(CAPACITY) };
  domains.set(domain, made);
  return made;
}

function sumByKey(known: readonly TopKey<Shown>[]): TopView['keys'] {
  const sums = new Map<string, { value: Shown; count: number; error: number }>();
  for (const { key, value, count, error } of known) {
    const before = sums.get(key) ?? { count: 0, error: 0 };
    sums.set(key, { value, count: before.count + count, error: before.error + error });
  }
  return [...sums.values()]
    .toSorted((a, b) => b.count - a.count)
    .slice(0, CAPACITY)
    .map(({ value, count, error }) => ({ ...value, count, error }));
}

function shownOf({ label, entries }: KeyHits): Shown {
  const texts = entries.slice(0, MAX_ENTRIES).map(({ key, value }) => cut(`${key}=${value}`));
  return { label, entries: texts };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
