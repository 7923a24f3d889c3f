import { SigningError } from './signing-error.ts';

/** A body that is there as a whole. Plain objects and lists are sent as JSON. */
export type ClientBody = string | Uint8Array | URLSearchParams | object;

/** A body as it will be sent, and what it is when the request does not say. */
export interface BodyBytes {
  readonly bytes: Uint8Array;
  readonly contentType?: string;
}

/** The bytes of a body, once and for all. Content types as fetch gives them; of objects, JSON. Throws on streams and forms. */
export function bodyBytes(body: ClientBody | null = null): BodyBytes {
  if (body === null) return { bytes: new Uint8Array() };
  if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: 'text/plain;charset=UTF-8' };
  if (body instanceof Uint8Array) return { bytes: new Uint8Array(body) };
  if (body instanceof URLSearchParams) {
    const contentType = 'application/x-www-form-urlencoded;charset=UTF-8';
    return { bytes: Buffer.from(body.toString()), contentType };
  }
  if (!isPlain(body)) throw unsupported();
  return { bytes: Buffer.from(jsonText(body)), contentType: 'application/json' };
}

/** A list or an object literal: not a stream, Blob, FormData, ArrayBuffer or anything else with a life. */
function isPlain(body: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(body);
  return Array.isArray(body) || prototype === Object.prototype || prototype === null;
}

function jsonText(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new SigningError('unsupported_body', 'the body cannot be written as JSON', { cause });
  }
}

function unsupported(): SigningError {
  return new SigningError(
    'unsupported_body',
    'a signed body must be text, a Uint8Array, URLSearchParams or a plain object: read streams and forms into bytes first',
  );
}
