/** Where ext-authz tells the proxy what a request counts for a limit (`namespace/policy/limit`): text of a whole number. */
export function costKey(label: string): string {
  return `cost.${label}`;
}

/** Where the rate limiter tells the proxy what it took of a limit, so that this much can be given back. */
export function takenKey(label: string): string {
  return `taken.${label}`;
}
