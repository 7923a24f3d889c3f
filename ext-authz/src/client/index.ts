export { type DecryptedResource, decryptResource, type EncryptedResource } from '../signature/index.ts';
export type { ClientBody } from './body-bytes.ts';
export { type ClientProfile, withDefaults } from './client-profile.ts';
export type { ClientRequest, SignableHeaders } from './client-request.ts';
export { createSigner, type ReadyRequest, type RequestSigner, type SignerOptions } from './create-signer.ts';
export { loadPrivateKey, type PrivateKeySource } from './load-private-key.ts';
export { SigningError, type SigningErrorCode } from './signing-error.ts';
export {
  type SigningFetch,
  type SigningFetchOptions,
  type SigningInit,
  signingFetch,
} from './signing-fetch.ts';
