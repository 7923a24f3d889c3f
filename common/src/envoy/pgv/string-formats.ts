import { isIPv4, isIPv6 } from 'node:net';

interface StringFormat {
  /** Name of the rule in the proto. */
  readonly rule: string;
  /** What such a text is, with its article. */
  readonly expected: string;
  readonly isKept: (text: string) => boolean;
}

/** The well-known formats of StringRules, by the local name of the rule. */
export const stringFormats = {
  email: { rule: 'email', expected: 'an e-mail address', isKept: isEmail },
  hostname: { rule: 'hostname', expected: 'a host name (RFC 1034)', isKept: isHostname },
  ip: { rule: 'ip', expected: 'an IP address', isKept: isIp },
  ipv4: { rule: 'ipv4', expected: 'an IPv4 address', isKept: isIPv4 },
  ipv6: { rule: 'ipv6', expected: 'an IPv6 address', isKept: isIpv6 },
  uri: { rule: 'uri', expected: 'an absolute URI (RFC 3986)', isKept: isUri },
  uriRef: { rule: 'uri_ref', expected: 'a URI or a relative reference (RFC 3986)', isKept: isUriReference },
  address: { rule: 'address', expected: 'a host name or an IP address', isKept: isAddress },
  uuid: { rule: 'uuid', expected: 'a UUID (RFC 9562)', isKept: isUuid },
} as const satisfies Record<string, StringFormat>;

/** HTTP_HEADER_NAME, strict: a token, with the colon of a pseudo-header allowed in front. */
export function isHeaderName(text: string): boolean {
  return /^:?[0-9a-zA-Z!#$%&'*+\-.^_|~`,]+$/.test(text);
}

/** HTTP_HEADER_VALUE, strict: no control character but tab. */
export function isHeaderValue(text: string): boolean {
  return /^[\t -~\u0080-\u{10FFFF}]*$/u.test(text);
}

/** Either kind, not strict: nothing that ends a line or a C string. */
export function isHeaderText(text: string): boolean {
  return !/[\0\n\r]/.test(text);
}

const MAX_HOSTNAME = 253;
const MAX_EMAIL = 254;
const MAX_EMAIL_LOCAL = 64;

function isHostname(text: string): boolean {
  if (text.length > MAX_HOSTNAME) return false;
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  return labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
}

/** An address, alone or behind a display name: `a@b.example`, `Name <a@b.example>`. */
function isEmail(text: string): boolean {
  const address = /^[^<>"]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  return (
    address.length <= MAX_EMAIL &&
    local.length <= MAX_EMAIL_LOCAL &&
    /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) &&
    isHostname(address.slice(at + 1))
  );
}

/** Zones (`fe80::1%eth0`) are no addresses here, as in Go's net.ParseIP. */
function isIpv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isIp(text: string): boolean {
  return isIPv4(text) || isIpv6(text);
}

function isAddress(text: string): boolean {
  return isHostname(text) || isIp(text);
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

const CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const AUTHORITY = `//(?:${CHARACTER}|\\[[0-9A-Fa-f:.]+\\])*`;
const PATH = `(?:${CHARACTER}|/)*`;
const TAIL = `(?:\\?(?:${CHARACTER}|[/?])*)?(?:#(?:${CHARACTER}|[/?])*)?`;
const ABSOLUTE = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:(?:${AUTHORITY})?${PATH}${TAIL}$`);
/** Without a scheme: the first segment of the path holds no colon. */
const RELATIVE = new RegExp(`^(?![^/?#]*:)(?:${AUTHORITY})?${PATH}${TAIL}$`);

function isUri(text: string): boolean {
  return ABSOLUTE.test(text);
}

function isUriReference(text: string): boolean {
  return ABSOLUTE.test(text) || RELATIVE.test(text);
}
