import type { DenialReason } from '../../decision/index.ts';
import { credentialHeader } from '../credential-header.ts';
import { type BoundKey, verifyBytes } from '../crypto/index.ts';
import { once } from '../once.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import type { Sigv4Profile } from '../profile.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { parseAmzDate } from './amz-date.ts';
import { payloadHashOf, type SignedHeader, type SignedParts, stringToSign } from './canonical.ts';
import { canonicalTarget } from './canonical-target.ts';
import { payloadFault } from './check-payload.ts';
import { type Authorization, parseAuthorization } from './parse.ts';
import { readHeaders } from './read-headers.ts';
import type { Scope } from './scope.ts';
import { keepScopedKey, scopedKey } from './scoped-key.ts';

/** What every signature covers; the signed headers come on top. The order of different query parameters is free. */
const ALWAYS_COVERED = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-digest"'];
/** Parameters of a URL that is signed in its query, which is not taken here. */
const PRESIGNED = /[?&]x-amz-(?:algorithm|credential|signature)(?:[=&]|$)/i;

/** AWS Signature Version 4 in the Authorization header, over the whole body. The id is the access key id. */
export const sigv4Scheme: Scheme<Sigv4Profile> = {
  algorithms: () => ['hmac-sha256'],
  present: (signed, profile) => {
    const { message } = signed;
    if (PRESIGNED.test(message.target)) return refused('unsupported_algorithm');
    const header = credentialHeader(message, 'authorization');
    if (header.kind !== 'text') return header;
    const parsed = parseAuthorization(header.text);
    if (parsed.kind !== 'authorization') return parsed;
    const { authorization } = parsed;
    if (!isWanted(authorization.scope, profile)) return refused('malformed_parameter');
    if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
    const parts = readParts(signed, authorization);
    return typeof parts === 'string' ? refused(parts) : presented(parts, authorization);
  },
};

function isWanted({ region, service }: Scope, profile: Sigv4Profile): boolean {
  return region === (profile.region ?? region) && service === (profile.service ?? service);
}

function readParts(
  { message, body }: SignedMessage,
  authorization: Authorization,
): SignedParts | DenialReason {
  const { scope, signedHeaders } = authorization;
  const read = readHeaders(message, signedHeaders);
  if (read.kind === 'refused') return read.reason;
  const { headers } = read;
  const amzDate = lineOf(headers, 'x-amz-date') ?? '';
  const isDated = parseAmzDate(amzDate) !== undefined && amzDate.startsWith(`${scope.date}T`);
  if (!isDated) return 'malformed_timestamp';
  const payloadHash = payloadHashOf(body);
  const fault = payloadFault(lineOf(headers, 'x-amz-content-sha256'), payloadHash);
  if (fault !== undefined) return fault;
  const target = canonicalTarget(message.target, scope.service);
  if (target.kind === 'unordered') return 'repeated_component';
  if (target.kind === 'ambiguous') return 'malformed_target';
  return { method: message.method, target: target.target, headers, payloadHash, amzDate, scope };
}

/** The one line of a signed x-amz-* header. */
function lineOf(headers: readonly SignedHeader[], wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1][0];
}

function presented(parts: SignedParts, { accessKeyId, mac }: Authorization): Presentation {
  const base = once(() => Buffer.from(stringToSign(parts), 'latin1'));
  return {
    kind: 'presented',
    presented: {
      signer: { kind: 'named', ids: [accessKeyId] },
      createdMs: parseAmzDate(parts.amzDate),
      covered: [...ALWAYS_COVERED, ...parts.headers.map(([name]) => `"${name}"`)],
      base,
      prove: (key) => isSigned(key, parts.scope, base(), mac),
    },
  };
}

function isSigned({ algorithm, key }: BoundKey, scope: Scope, base: Uint8Array, mac: Uint8Array): boolean {
  if (algorithm !== 'hmac-sha256' || key.type !== 'secret') return false;
  const derived = scopedKey(key, scope);
  const isRight = verifyBytes({ algorithm, key: derived }, base, mac);
  if (isRight) keepScopedKey(key, scope, derived);
  return isRight;
}
