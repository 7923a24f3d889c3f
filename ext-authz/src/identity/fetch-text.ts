import { MAX_JWKS_BYTES } from '@paymesh/common/jwks';

import type { FetchText } from './fetched-keys.ts';

/** Within the time that a proxy waits for a check. */
const TIMEOUT_MS = 250;

/** Over HTTP, by the operating system's word on certificates: no redirects, no more than a JWKS may have. */
export const fetchText: FetchText = async (url) => {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json' },
  });
  if (!response.ok || response.body === null) throw new Error(`the JWKS answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_JWKS_BYTES) throw new Error(`the JWKS is larger than ${MAX_JWKS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
