import type { DenialReason } from '../../decision/index.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** What is wrong with an x-amz-content-sha256 header, if anything: it must be the hash of the body. */
export function payloadFault(header: string | undefined, payloadHash: string): DenialReason | undefined {
  if (header === undefined || header === payloadHash) return undefined;
  // UNSIGNED-PAYLOAD leaves the body open; STREAMING-* signs it in chunks that only the service behind reads.
  if (/^(?:UNSIGNED-PAYLOAD$|STREAMING-)/.test(header)) return 'unsupported_digest';
  return SHA256.test(header) ? 'digest_mismatch' : 'malformed_digest';
}
