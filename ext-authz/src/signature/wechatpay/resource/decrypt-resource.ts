import { createDecipheriv } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

import { decodeBase64 } from '../../strict-base64.ts';

/** `resource` of a callback, or `encrypt_certificate` of a certificate, as parsed from JSON. */
export interface EncryptedResource {
  readonly algorithm: string;
  /** base64 of the ciphertext with its tag of 16 bytes behind it. */
  readonly ciphertext: string;
  /** 12 bytes as UTF-8. */
  readonly nonce: string;
  /** May be empty or missing. */
  readonly associated_data?: string | undefined;
}

export type DecryptedResource =
  | { readonly kind: 'plaintext'; readonly bytes: Buffer }
  /** Not of this algorithm, or not of its form. */
  | { readonly kind: 'malformed'; readonly part: 'key' | 'algorithm' | 'nonce' | 'ciphertext' }
  /** The key is another one, or something was changed. */
  | { readonly kind: 'forged' };

const ALGORITHM = 'AEAD_AES_256_GCM';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Longest ciphertext, in characters of base64. */
const MAX_CIPHERTEXT_CHARS = 1_048_576;

/** Decrypts with the APIv3 key of an account (AES-256-GCM, RFC 5116). Never throws. */
export function decryptResource(apiV3Key: Secret, resource: EncryptedResource): DecryptedResource {
  const key = apiV3Key.reveal();
  if (key.length !== KEY_BYTES) return { kind: 'malformed', part: 'key' };
  if (resource.algorithm !== ALGORITHM) return { kind: 'malformed', part: 'algorithm' };
  const nonce = Buffer.from(resource.nonce, 'utf8');
  if (nonce.length !== NONCE_BYTES) return { kind: 'malformed', part: 'nonce' };
  const sealed = decodeBase64(resource.ciphertext, MAX_CIPHERTEXT_CHARS);
  if (sealed === undefined || sealed.length < TAG_BYTES) return { kind: 'malformed', part: 'ciphertext' };
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(resource.associated_data ?? '', 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const bytes = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    return { kind: 'plaintext', bytes };
  } catch {
    // The tag does not fit: that is all there is to know.
    return { kind: 'forged' };
  }
}
