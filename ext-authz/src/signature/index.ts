export { type BoundKey, nobodysKey } from './crypto/index.ts';
export type { Profile, ProfileOf, SchemeName } from './profile.ts';
export { acceptSignature, componentId } from './rfc9421/index.ts';
export type { Presentation, Presented, SignedMessage } from './scheme.ts';
export { anyScheme } from './schemes.ts';
export { signedText } from './signed-text.ts';
export type { HeaderPair, PrivateSigningKey, SignContext, SignedRequest } from './signer.ts';
export { type SignProfile, signAny } from './signers.ts';
export { signWechatpay } from './wechatpay/index.ts';
export {
  type DecryptedResource,
  decryptResource,
  type EncryptedResource,
  platformCertificates,
} from './wechatpay/resource/index.ts';
