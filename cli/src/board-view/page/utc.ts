/** `14:05:09`, in UTC. */
export function clock(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(11, 19);
}

/** `2026-05-01 14:05:09`, in UTC. */
export function dateAndClock(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ');
}
