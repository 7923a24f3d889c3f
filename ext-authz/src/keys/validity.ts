/** When a key may be used, Unix milliseconds, inclusive. Undefined: no bound on that side. */
export interface Validity {
  readonly notBeforeMs: number | undefined;
  readonly notAfterMs: number | undefined;
}

type Bounds = Partial<Validity>;

/** The time in both of two; undefined when there is none. */
export function overlap(one: Bounds, other: Bounds): Validity | undefined {
  const notBeforeMs = extreme(Math.max, one.notBeforeMs, other.notBeforeMs);
  const notAfterMs = extreme(Math.min, one.notAfterMs, other.notAfterMs);
  if (notBeforeMs !== undefined && notAfterMs !== undefined && notBeforeMs > notAfterMs) return undefined;
  return { notBeforeMs, notAfterMs };
}

function extreme(
  choose: (one: number, other: number) => number,
  one: number | undefined,
  other: number | undefined,
): number | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : choose(one, other);
}
