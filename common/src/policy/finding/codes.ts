import type { Finding } from '../types.ts';

interface CodeEntry {
  readonly severity: Finding['severity'];
  /** One sentence for `paymesh explain CODE`. */
  readonly explanation: string;
}

const error = (explanation: string): CodeEntry => ({ severity: 'error', explanation });
const warning = (explanation: string): CodeEntry => ({ severity: 'warning', explanation });

/**
 * Every code that a finding can carry. A code keeps its meaning for ever; one that falls away is not
 * used again. PM1: syntax and shape. PM2: values. PM3: references and conflicts. PM4: payments.
 */
export const codes = {
  PM1001: error('The file is not YAML 1.2; nothing of the document was used.'),
  PM1002: error('A key stands twice in one map, so one of the two values would be lost.'),
  PM1003: error('An alias names an anchor that does not stand before it in the same document.'),
  PM1004: error('A key of a map must be text, not an alias, a list or a map.'),
  PM1006: error('The file or the set of documents is larger than Paymesh reads.'),
  PM1007: error('The document is nested deeper than any policy is.'),
  PM1101: error('A document needs apiVersion, kind, metadata and spec.'),
  PM1102: error('The apiVersion is not one that this Paymesh reads.'),
  PM1103: error('The kind is not one that this Paymesh knows.'),
  PM1201: error('The value has another type than this field takes: text, number, list or map.'),
  PM1202: error('The key is not known at this place; an ignored policy field would be a false promise.'),
  PM1203: error('A key that this map must have is missing.'),
  PM1204: error('Of several keys exactly one, or at least one, must be given.'),
  PM1210: warning('The field is part of the policy language, and this Paymesh does not act on it yet.'),
  PM1211: error(
    'The field promises protection that this Paymesh does not give yet, so it must not be typed.',
  ),
  PM1205: error('The list has too few or too many items.'),
  PM2101: error('A name must be a DNS label (RFC 1123), for it becomes part of host names.'),
  PM2102: error('The number is outside its range.'),
  PM2103: error('A duration is a whole number and a unit: ms, s, m, h or d.'),
  PM2104: error('The value is not one of the words that this field takes.'),
  PM2105: error('A size is a whole number and a unit: B, KiB or MiB.'),
  PM2106: error(
    'A rate is a whole number, a slash and a time: a unit from second to year, or so many of it.',
  ),
  PM2107: error('A time is written as in RFC 3339, with its offset from UTC.'),
  PM2108: error('An address is an IP address, an endpoint is HOST:PORT.'),
  PM2109: error('A reference is NAME or NAMESPACE/NAME.'),
  PM2110: error('A selector is header(NAME), principal or remoteAddress.'),
  PM2111: error(
    'A path starts with a slash and is written as proxies compare it: normalised, without a query.',
  ),
  PM2112: error('The text does not have the form that this field takes.'),
  PM2113: error('A component identifier is written as in RFC 9421 section 2, and names what a request has.'),
  PM2114: error('A time zone is a name of the IANA database that this machine knows.'),
  PM2201: error('The validity of a key must begin before it ends.'),
  PM2202: error('The longest back-off must not be shorter than the first.'),
  PM2203: error('One duration must not be longer than the other that contains it.'),
  PM2204: error('An item stands twice in a list of distinct items.'),
  PM2211: error('A key of hmac-sha256 is a secret; every other algorithm is verified with a public key.'),
  PM3001: error('What is referred to does not exist in this set of documents.'),
  PM3002: error('Two documents of one kind have the same namespace and name.'),
  PM3003: error('Two listeners of the mesh would bind the same address and port.'),
  PM3004: error('Two routes of one service or gateway match the same requests.'),
  PM3005: error('No Workload is the gateway that a route names as its parent.'),
  PM3006: warning('The service has no Workload, so calls to it find no instance.'),
  PM3007: error('Two policies of one kind, target and priority give one field different values.'),
  PM3008: error('A mesh has exactly one MeshDefaults document.'),
  PM3009: error('Two proxies would introduce themselves by the same name.'),
  PM3010: error('Two keys have the same id, so a signature could not tell which of them made it.'),
  PM3011: error('Two limits of one policy have the same name and would share their counters.'),
  PM3012: error('A route can obey only one SigningPolicy.'),
  PM4001: error('A write without idempotency may be repeated only if nothing was sent: it could pay twice.'),
  PM4002: error('The tries of a request take longer together than the request may, so the last never ends.'),
  PM4003: error('MeshDefaults.overrides bounds the tries of all policies.'),
  PM4004: error('Another provider may be tried only when the first was not reached: it could charge twice.'),
  PM4005: error('A failover begins with the service of its route and tries each service once.'),
  PM4006: error('A signature must cover all that a forger could change.'),
  PM4007: warning('The signing key has expired; whoever still uses it is refused.'),
  PM4008: warning('The signing key expires within 14 days: hand out its successor.'),
  PM4009: error(
    'MeshDefaults requires signatures, and a route that strangers can reach has no enforced SigningPolicy.',
  ),
  PM4010: warning(
    'A route that strangers can reach has no SigningPolicy and no AccessPolicy; one in mode Off says that this is meant.',
  ),
  PM4011: error(
    'Each part of a credential has a header of its own, and a signature covers what can be signed.',
  ),
  PM4012: error('Only some schemes come from a provider that words its refusals in its own way.'),
  PM4020: error('An AccessPolicy without an Allow rule denies every request of its targets.'),
  PM4021: error('A condition rests on what the policy does not ask for, so it could never hold.'),
  PM4022: error(
    'A header by which callers say who they are, or which proxies write, is no condition of access.',
  ),
  PM4023: warning('No listener of this mesh asks for client certificates yet, so no caller has proven one.'),
  PM5001: warning(
    'The connect timeout and the retry budget of a service are one for all its routes: the strictest holds.',
  ),
  PM5002: warning(
    'A failover chain is longer than MeshDefaults.overrides allows tries: its last services are never tried.',
  ),
  PM5003: warning(
    'Only signing, access and rate limits can be counted in shadow; another kind in mode Shadow does nothing.',
  ),
  PM5004: warning(
    'Proxies can keep a few limits of a route by themselves, where they can reach the quotas; the service keeps the others.',
  ),
  PM6001: error('The secret of a key cannot be read, or is not base64 of the right length.'),
  PM6002: error('Two keys share a secret, so a request signed for one would pass for the other.'),
  PM6003: error('The policy keeps its nonces in Redis, and ext-authz was started without one.'),
  PM6101: error(
    'The public key of a key cannot be read: it is PEM of a public key or certificate, or one JWK.',
  ),
  PM6102: error('A verifier must not hold a private key; give it the public half, and the signer the other.'),
  PM6103: error('The public key is of another type than the algorithm of the key.'),
  PM6104: error(
    'An RSA key has 2048 to 8192 bits: shorter ones can be broken, longer ones stall the service.',
  ),
  PM6105: error('The exponent of an RSA key is odd and from 65537 to 4294967295.'),
  PM6106: error('The public key lies on another elliptic curve than the algorithm of the key.'),
  PM6107: error('Under this Ed25519 key anybody could make signatures, or it has two spellings.'),
  PM6108: error('All bytes of the secret are equal: it is a placeholder, not a secret.'),
  PM6109: error('The dates of the key and those of its certificate leave no time at which it is valid.'),
  PM6110: error('Two public keys of a set are the same, so that it could not be told who signed.'),
  PM6111: error('The folder of keys cannot be read, or has a file whose name is no id of a key.'),
  PM6120: warning('The keys of a remote source could not be had yet: until then its signatures are refused.'),
  PM6121: warning('A key of a remote source cannot be used and was left out; the others are in force.'),
  PM6122: error('What the certificates of WeChat Pay are asked for with cannot be read.'),
  PM6004: error('The CEL expression cannot be compiled, or could cost more than a check may take.'),
  PM6005: error(
    'The JWKS of tokens cannot be read, or holds no public key for the algorithms of the policy.',
  ),
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A stable code of a finding. */
export type FindingCode = keyof typeof codes;
