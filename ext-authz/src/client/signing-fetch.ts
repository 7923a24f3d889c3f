import type { ClientBody } from './body-bytes.ts';
import type { SignableHeaders } from './client-request.ts';
import type { RequestSigner } from './create-signer.ts';
import { SigningError } from './signing-error.ts';

export interface SigningFetchOptions {
  readonly signer: RequestSigner;
  /** Sends what is signed. Default: the fetch of this process. */
  readonly fetch?: typeof fetch;
}

/** Options of fetch, with the bodies and headers that can be signed. */
export type SigningInit = Omit<RequestInit, 'body' | 'headers' | 'method'> & {
  readonly method?: string | undefined;
  readonly headers?: SignableHeaders | undefined;
  readonly body?: ClientBody | null | undefined;
};

/** fetch, but of a URL and not of a Request, whose body is a stream. */
export type SigningFetch = (url: string | URL, init?: SigningInit) => Promise<Response>;

/**
 * A fetch that signs each request, with a time and a nonce of its own. Redirects are handed back, not followed: the
 * signature is for the first target. Rejects with SigningError before anything is sent.
 */
export function signingFetch({ signer, fetch: send = fetch }: SigningFetchOptions): SigningFetch {
  return async (url, { method, headers, body, redirect = 'manual', ...rest } = {}) => {
    if (redirect === 'follow')
      throw new SigningError(
        'unsupported_redirect',
        'a signature does not fit another target: use manual or error',
      );
    const signed = signer.sign({ url, method, headers, body });
    return send(signed.url, {
      ...rest,
      redirect,
      method: signed.method,
      headers: signed.headers.map(([name, value]): [string, string] => [name, value]),
      body: signed.body.byteLength === 0 ? null : signed.body,
    });
  };
}
