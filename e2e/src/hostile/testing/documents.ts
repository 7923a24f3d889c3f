/** A route `/NAME` of the gateway, and below it, that is signed as `verify` says. */
export interface SignedRoute {
  readonly name: string;
  /** Of `spec.verify`, in flow style, without `keys`. */
  readonly verify: string;
  /** A KeySet. Default `merchants`. */
  readonly keys?: string;
  /** Further fields of the spec, a line each. Default none. */
  readonly more?: string;
}

/** What hmac-sha256 covers here: all that it must, and the amount. */
export const HMAC_COVER =
  'cover: [method, path, query, header(X-Timestamp), header(X-Nonce), header(X-Amount), bodyDigest]';

/** The document of an open route; the gateway is ready when `/open` answers. */
export function openRoute(match = '{exact: /open}'): string {
  return document('Route', 'open', `spec: {service: sink, parent: edge, match: [{path: ${match}}]}`);
}

/** Route and SigningPolicy. */
export function signedRoute({ name, verify, keys = 'merchants', more = '' }: SignedRoute): string {
  const route = `spec: {service: sink, parent: edge, match: [{path: {prefix: /${name}}}]}`;
  const policy = `spec:
  targetRefs: [{kind: Route, name: ${name}}]
  verify: {keys: {from: keyset/${keys}}, ${verify}}
${more}`;
  return document('Route', name, route) + document('SigningPolicy', name, policy);
}

/** A KeySet of keys in flow style. */
export function keySet(name: string, keys: readonly string[]): string {
  return document('KeySet', name, `spec:\n  keys:\n${keys.map((key) => `    - {${key}}\n`).join('')}`);
}

function document(kind: string, name: string, spec: string): string {
  return `---\napiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: pay}\n${spec}\n`;
}
