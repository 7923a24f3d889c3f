export { type PlatformCertificate, type PlatformCertificates, platformCertificates } from './certificates.ts';
export { type DecryptedResource, decryptResource, type EncryptedResource } from './decrypt-resource.ts';
