import type { Algorithm } from '../../keys/index.ts';
import { checkDigest } from '../content-digest/index.ts';
import { verifyBytes } from '../crypto/index.ts';
import type { Rfc9421Profile } from '../profile.ts';
import {
  type ClaimedSigner,
  type Presentation,
  refused,
  type Scheme,
  type SignedMessage,
} from '../scheme.ts';
import { signatureBase } from './canonical.ts';
import { chooseSignature } from './choose.ts';
import { type LabelledSignature, parseSignatures } from './parse.ts';
import { readSignatureParams, type SignatureParams } from './signature-params.ts';

const ALGORITHMS: readonly [Algorithm, ...Algorithm[]] = [
  'ed25519',
  'hmac-sha256',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];
const MS_PER_SECOND = 1_000;

/** HTTP Message Signatures (RFC 9421) over requests, with Content-Digest (RFC 9530). */
export const rfc9421Scheme: Scheme<Rfc9421Profile> = {
  algorithms: () => ALGORITHMS,
  present: (signed, profile) => {
    const parsed = parseSignatures(signed.message);
    if (parsed.kind !== 'signatures') return parsed;
    const chosen = chooseSignature(parsed.signatures, profile);
    return chosen.kind === 'chosen' ? presentSignature(chosen.signature, signed, profile) : chosen;
  },
};

function presentSignature(
  { input, signature }: LabelledSignature,
  signed: SignedMessage,
  profile: Rfc9421Profile,
): Presentation {
  const params = readSignatureParams(input.parameters);
  if (params.kind === 'refused') return params;
  const isMissing = (name: string) => !input.parameters.some(([key]) => key === name);
  if (profile.params.some(isMissing)) return refused('missing_parameter');
  const built = signatureBase(signed.message, input);
  if (built.kind === 'refused') return built;
  const wrong = checkDigest(signed, profile.isDigestRequired);
  if (wrong !== undefined) return refused(wrong);
  const base = Buffer.from(built.text, 'latin1');
  const bytes = Buffer.from(signature, 'base64');
  return {
    kind: 'presented',
    presented: {
      signer: signerOf(params),
      algorithm: params.alg,
      createdMs: inMs(params.created),
      expiresMs: inMs(params.expires),
      nonce: params.nonce,
      covered: built.covered,
      base: () => base,
      prove: (key) => verifyBytes(key, base, bytes),
    },
  };
}

/** Without a keyid every key of the set is tried; a policy that wants one requires the parameter. */
function signerOf({ keyid }: SignatureParams): ClaimedSigner {
  return keyid === undefined ? { kind: 'unnamed' } : { kind: 'named', ids: [keyid] };
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * MS_PER_SECOND;
}
