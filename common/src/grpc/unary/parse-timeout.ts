const MS_OF_UNIT: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** A timer cannot wait longer; a call that may take 24 days has no deadline that matters. */
const MAX_TIMER_MS = 2_147_483_647;

/** Milliseconds, rounded up, of a `grpc-timeout` header: at most eight digits and a unit. Undefined: malformed. */
export function parseTimeoutMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return Math.min(Math.ceil(Number(digits) * (MS_OF_UNIT[unit] ?? 0)), MAX_TIMER_MS);
}
