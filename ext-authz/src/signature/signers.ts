import { signAdyen } from './adyen/index.ts';
import { signAlipay } from './alipay/index.ts';
import { signAlipayplus } from './alipayplus/index.ts';
import { signHmac } from './hmac/index.ts';
import { type Rfc9421SignOptions, signRfc9421 } from './rfc9421/index.ts';
import type { OutgoingRequest, SignContext, SignedRequest, Signer } from './signer.ts';
import { signSigv4 } from './sigv4/index.ts';
import { signStandardWebhook } from './standard-webhooks/index.ts';
import { signStripe } from './stripe/index.ts';
import { signUnionpay } from './unionpay/index.ts';
import { signWechatpay } from './wechatpay/index.ts';

const signRfc9421Named: Signer<Rfc9421SignOptions & { readonly scheme: 'rfc9421' }> = signRfc9421;

const SIGNERS = {
  hmac: { sign: signHmac },
  rfc9421: { sign: signRfc9421Named },
  wechatpay: { sign: signWechatpay },
  alipay: { sign: signAlipay },
  alipayplus: { sign: signAlipayplus },
  unionpay: { sign: signUnionpay },
  adyen: { sign: signAdyen },
  sigv4: { sign: signSigv4 },
  stripe: { sign: signStripe },
  'standard-webhooks': { sign: signStandardWebhook },
};

/** A scheme that can sign. */
export type SignerName = keyof typeof SIGNERS;

/** What the signer of a scheme is told, with the name of the scheme. */
export type SignProfile = {
  [S in SignerName]: Omit<Parameters<(typeof SIGNERS)[S]['sign']>[1], 'scheme'> & { readonly scheme: S };
}[SignerName];

/** A signer that takes the profiles of its own scheme. */
interface AnySigner {
  sign(request: OutgoingRequest, profile: SignProfile, context: SignContext): SignedRequest;
}

/** A name from outside the types may be anything. */
const BY_NAME: ReadonlyMap<string, AnySigner> = new Map<string, AnySigner>(Object.entries(SIGNERS));

/** Signs in the scheme that the profile names. Throws on a scheme without a signer and on a request that cannot be signed. */
export function signAny(request: OutgoingRequest, profile: SignProfile, context: SignContext): SignedRequest {
  const signer = BY_NAME.get(profile.scheme);
  if (signer === undefined)
    throw new Error(
      `no signer for scheme "${profile.scheme}"; there is one for ${[...BY_NAME.keys()].join(', ')}`,
    );
  return signer.sign(request, profile, context);
}
