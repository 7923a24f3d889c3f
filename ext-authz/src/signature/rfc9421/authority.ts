const DEFAULT_PORTS: Readonly<Record<'http' | 'https', string>> = { http: ':80', https: ':443' };
/** reg-name or IPv4 of RFC 3986 without percent-encoding, or an IP literal; then a port or an empty one. No userinfo. */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?$/;

/** `https` or `http` in lower case; undefined for anything else. */
export function normalScheme(scheme: string): 'http' | 'https' | undefined {
  const lower = scheme.toLowerCase();
  return lower === 'http' || lower === 'https' ? lower : undefined;
}

/**
 * Host and port as RFC 9421 section 2.2.3 has them: lower case, without the port of the scheme (RFC 9110 section
 * 4.2.3). Nothing else is folded: a final dot stays. Undefined when malformed.
 */
export function normalAuthority(authority: string, scheme: 'http' | 'https'): string | undefined {
  if (!AUTHORITY.test(authority)) return undefined;
  const lower = authority.toLowerCase();
  const port = DEFAULT_PORTS[scheme];
  if (lower.endsWith(port)) return lower.slice(0, -port.length);
  return lower.endsWith(':') ? lower.slice(0, -1) : lower;
}
