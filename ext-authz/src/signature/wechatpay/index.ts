export { type PlatformCertificate, type PlatformCertificates, platformCertificates } from './certificates.ts';
export { MAX_AGE_MS, wechatpayScheme } from './present.ts';
export { type DecryptedResource, decryptResource, type EncryptedResource } from './resource.ts';
export { signWechatpay } from './sign.ts';
