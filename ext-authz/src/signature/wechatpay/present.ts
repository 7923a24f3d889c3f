import { type FoundHeader, findHeader } from '../../message/index.ts';
import { credentialHeader } from '../credential-header.ts';
import { verifyBytes } from '../crypto/index.ts';
import { isMultipart, mediaTypeOf } from '../media-type.ts';
import { isPlainMethod, isPlainTarget } from '../plain-request.ts';
import type { WechatpayProfile } from '../profile.ts';
import { type Presentation, type Presented, refused, type Scheme, type SignedMessage } from '../scheme.ts';
import { callbackText, requestText } from './canonical.ts';
import { type Credential, parseCredential } from './parse.ts';
import { parseAuthorization, SCHEME } from './parse-authorization.ts';

/** Oldest that a message may be: WeChat Pay has receivers refuse at 300 s of difference. */
export const MAX_AGE_MS = 299_999;

const REQUEST_COVERS = ['"@method"', '"@request-target"', '"@path"', '"@query"', '"content-digest"'];
const CALLBACK_COVERS = ['"wechatpay-timestamp"', '"wechatpay-nonce"', '"content-digest"'];

/**
 * WeChat Pay APIv3, RSA only. `request`: what merchants send; the account is `mchid`, which the text does not hold.
 * `callback`: what WeChat Pay sends; neither method nor target are signed. Uploads (multipart) are refused: their
 * signature is over the `meta` part and not over the file. Key ids are serials of certificates (hex, tried as sent
 * and in upper case) or `PUB_KEY_ID_...`; while an account moves from one to the other both are keys of its set.
 */
export const wechatpayScheme: Scheme<WechatpayProfile> = {
  algorithms: () => ['rsa-v1_5-sha256'],
  present: (signed, profile) =>
    profile.message === 'request' ? presentRequest(signed) : presentCallback(signed),
};

function presentRequest({ message, body }: SignedMessage): Presentation {
  const header = credentialHeader(message, 'authorization');
  if (header.kind !== 'text') return header;
  const parsed = parseAuthorization(header.text);
  if (parsed.kind === 'absent') return parsed;
  if (parsed.kind === 'refused') return refused(parsed.reason);
  if (!isPlainMethod(message) || !isPlainTarget(message)) return refused('malformed_target');
  const type = mediaTypeOf(message);
  if (type.kind === 'refused') return refused(type.reason);
  if (isMultipart(type)) return refused('insufficient_coverage');
  const { method, target } = message;
  const { credential } = parsed;
  const { timestamp, nonce, mchid } = credential;
  const presented = present(
    credential,
    () => requestText({ method, target, timestamp, nonce, body }),
    REQUEST_COVERS,
  );
  const ids = idsOf(credential);
  return { kind: 'presented', presented: { ...presented, signer: { kind: 'named', ids, account: mchid } } };
}

function presentCallback({ message, body }: SignedMessage): Presentation {
  const found = {
    serial: findHeader(message, 'wechatpay-serial'),
    timestamp: findHeader(message, 'wechatpay-timestamp'),
    nonce: findHeader(message, 'wechatpay-nonce'),
    signature: findHeader(message, 'wechatpay-signature'),
  };
  const type = findHeader(message, 'wechatpay-signature-type');
  const all: readonly FoundHeader[] = [found.serial, found.timestamp, found.nonce, found.signature];
  if ([...all, type].some(({ kind }) => kind === 'repeated')) return refused('repeated_header');
  if (all.some(({ kind }) => kind === 'absent')) return { kind: 'absent' };
  // Absent, it is the same; the other known one is of SM2.
  if (type.kind !== 'absent' && textOf(type) !== SCHEME) return refused('unsupported_algorithm');
  const parsed = parseCredential({
    serial: textOf(found.serial),
    timestamp: textOf(found.timestamp),
    nonce: textOf(found.nonce),
    signature: textOf(found.signature),
  });
  if (parsed.kind === 'refused') return refused(parsed.reason);
  const { timestamp, nonce } = parsed.credential;
  const base = () => callbackText({ timestamp, nonce, body });
  return { kind: 'presented', presented: present(parsed.credential, base, CALLBACK_COVERS) };
}

function present(credential: Credential, base: () => Buffer, covered: readonly string[]): Presented {
  return {
    signer: { kind: 'named', ids: idsOf(credential) },
    createdMs: credential.timestampMs,
    nonce: credential.nonce,
    covered,
    base,
    prove: (key) => verifyBytes(key, base(), credential.signature),
  };
}

function idsOf({ serial }: Credential): readonly string[] {
  const upper = serial.toUpperCase();
  return upper === serial ? [serial] : [serial, upper];
}

/** Unclean values become empty, which no part of a credential may be. */
function textOf(header: FoundHeader): string {
  return header.kind === 'found' ? header.value : '';
}
