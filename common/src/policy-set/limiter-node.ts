const PREFIX = 'rate-limiter/';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** True for what may name a limiter: letters, digits, `.`, `_` and `-`, such as the name of a host. */
export function isLimiterName(name: string): boolean {
  return NAME.test(name);
}

/** The `node.id` of a rate limiter. No Workload has it: their names hold no slash. */
export function limiterNode(name: string): string {
  return `${PREFIX}${name}`;
}

/** True for the `node.id` of a rate limiter. */
export function isLimiterNode(id: string): boolean {
  return id.startsWith(PREFIX) && isLimiterName(id.slice(PREFIX.length));
}
