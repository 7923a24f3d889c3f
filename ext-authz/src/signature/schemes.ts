import { adyenScheme } from './adyen/index.ts';
import { alipayScheme } from './alipay/index.ts';
import { alipayplusScheme } from './alipayplus/index.ts';
import { hmacScheme } from './hmac/index.ts';
import type { Profile, ProfileOf, SchemeName } from './profile.ts';
import { rfc9421Scheme } from './rfc9421/index.ts';
import { type Presentation, refused, type Scheme, type SignedMessage } from './scheme.ts';
import { sigv4Scheme } from './sigv4/index.ts';
import { standardWebhooksScheme } from './standard-webhooks/index.ts';
import { stripeScheme } from './stripe/index.ts';
import { unionpayScheme } from './unionpay/index.ts';
import { wechatpayScheme } from './wechatpay/index.ts';

const SCHEMES: { readonly [S in SchemeName]?: Scheme<ProfileOf<S>> } = {
  'standard-webhooks': standardWebhooksScheme,
  adyen: adyenScheme,
  alipay: alipayScheme,
  alipayplus: alipayplusScheme,
  hmac: hmacScheme,
  rfc9421: rfc9421Scheme,
  sigv4: sigv4Scheme,
  stripe: stripeScheme,
  unionpay: unionpayScheme,
  wechatpay: wechatpayScheme,
};

/** The scheme of a profile, whatever it is. */
export const anyScheme: Scheme<Profile> = {
  algorithms: (profile) => schemeOf(profile)?.algorithms(profile) ?? ['hmac-sha256'],
  present: (signed: SignedMessage, profile): Presentation =>
    schemeOf(profile)?.present(signed, profile) ?? refused('internal_error'),
};

function schemeOf(profile: Profile): Scheme<Profile> | undefined {
  // The table gives to each name the scheme that reads its profiles.
  return SCHEMES[profile.scheme];
}
