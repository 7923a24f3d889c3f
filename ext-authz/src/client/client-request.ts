import type { HeaderPair } from '../signature/index.ts';
import { bodyBytes, type ClientBody } from './body-bytes.ts';
import { SigningError } from './signing-error.ts';

/** Headers as fetch takes them. */
export type SignableHeaders =
  | Headers
  | Readonly<Record<string, string>>
  | Iterable<readonly [name: string, value: string]>;

/** A request to sign. */
export interface ClientRequest {
  /** Absolute, http or https. Sent as the URL class spells it. */
  readonly url: string | URL;
  /** Default GET, or POST where there is a body. */
  readonly method?: string | undefined;
  /** Default none. */
  readonly headers?: SignableHeaders | undefined;
  /** Default none. */
  readonly body?: ClientBody | null | undefined;
}

/** The same, with every part as it will be sent. */
export interface PlainRequest {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Methods that fetch writes in upper case; all others go out as they are. */
const NORMALISED = /^(?:delete|get|head|options|post|put)$/i;
/** Visible ASCII: bytes of another kind arrive changed, and no verifier takes them. */
const VALUE = /^[\x20-\x7e\t]*$/;

/** Settles what will be sent, as fetch sends it, so that what is signed is that. Throws SigningError. */
export function plainRequest({ url, method, headers = {}, body = null }: ClientRequest): PlainRequest {
  const { protocol, host, pathname, search } = parseUrl(String(url));
  const { bytes, contentType } = bodyBytes(body);
  const sent = parseHeaders(headers);
  if (contentType !== undefined && !sent.has('content-type')) sent.set('content-type', contentType);
  const wanted = method ?? (body === null ? 'GET' : 'POST');
  return {
    method: NORMALISED.test(wanted) ? wanted.toUpperCase() : wanted,
    scheme: protocol.slice(0, -1),
    authority: host,
    target: pathname + search,
    headers: [...sent],
    body: bytes,
  };
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url)) throw bad('the URL must be absolute');
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) throw bad('the URL must be http or https');
  if (parsed.username !== '' || parsed.password !== '') throw bad('the URL must not hold a user or password');
  return parsed;
}

/** Names in lower case, lines of one name joined, values trimmed: what fetch makes of them anyway. */
function parseHeaders(headers: SignableHeaders): Headers {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const sent = new Headers();
  for (const [name, value] of pairs) {
    if (name.toLowerCase() === 'host') throw bad('the host is that of the URL: do not give it as a header');
    if (!VALUE.test(value)) throw bad(`header ${JSON.stringify(name)} must be visible ASCII`);
    appendTo(sent, name, value);
  }
  return sent;
}

function appendTo(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch (cause) {
    throw bad(`${JSON.stringify(name)} is no name of a header`, { cause });
  }
}

function bad(message: string, options?: ErrorOptions): SigningError {
  return new SigningError('bad_request', message, options);
}
