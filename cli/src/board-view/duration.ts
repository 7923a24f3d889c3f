const UNIT_MS = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
type Unit = keyof typeof UNIT_MS;
const PART = /(\d+)(ms|[smhdwy])/g;

/** Milliseconds of a duration as Prometheus writes it (`15s`, `1h30m`, `500ms`); undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,9}(ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(PART)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as Unit],
    0,
  );
}

/** The duration in the largest unit that leaves nothing over: `90s`, `2m`. */
export function formatDuration(ms: number): string {
  const units: readonly Unit[] = ['d', 'h', 'm', 's'];
  const unit = units.find((candidate) => ms > 0 && ms % UNIT_MS[candidate] === 0) ?? 'ms';
  return `${ms / UNIT_MS[unit]}${unit}`;
}
