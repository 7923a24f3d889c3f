import { fromJson, toBinary } from '@bufbuild/protobuf';
import { CheckRequestSchema } from '@paymesh/common/envoy-auth';

import type { Message } from '../message/index.ts';
import { readCheckRequest } from './read-check-request.ts';

export type Captured =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'bad'; readonly why: string };

/** Longest capture, in bytes: what the service itself would take, spelled in JSON. */
const MAX_BYTES = 32 * 1_024 * 1_024;
const OPEN_BRACE = 0x7b;

/** A CheckRequest from a file: protobuf JSON (as grpcurl and Envoy's own tools print it) or the bytes on the wire. */
export function readCaptured(bytes: Uint8Array): Captured {
  if (bytes.length > MAX_BYTES) return bad(`at most ${MAX_BYTES} bytes; got ${bytes.length}`);
  const text = Buffer.from(bytes).toString('utf8').trimStart();
  const isJson = text.codePointAt(0) === OPEN_BRACE;
  const form = `a CheckRequest in protobuf ${isJson ? 'JSON' : 'bytes'}`;
  try {
    const read = readCheckRequest(isJson ? fromText(text) : Buffer.from(bytes));
    if (read.kind === 'not_http') return bad('attributes.request.http; got a check of no HTTP request');
    return read.kind === 'message' ? read : bad(`${form}; got: ${read.what}`);
  } catch (error) {
    return bad(`${form}; got: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Throws on what is no JSON or no CheckRequest. */
function fromText(text: string): Buffer {
  const request = fromJson(CheckRequestSchema, withoutAny(JSON.parse(text)), { ignoreUnknownFields: true });
  return Buffer.from(toBinary(CheckRequestSchema, request));
}

function bad(expected: string): Captured {
  return { kind: 'bad', why: `expected ${expected}` };
}

/** Typed metadata may hold messages that nobody here knows; nothing is decided by them. */
function withoutAny(json: unknown): never {
  if (typeof json === 'object' && json !== null && 'attributes' in json) {
    const { attributes } = json;
    if (typeof attributes === 'object' && attributes !== null) {
      for (const key of [
        'metadataContext',
        'metadata_context',
        'routeMetadataContext',
        'route_metadata_context',
      ])
        Reflect.deleteProperty(attributes, key);
    }
  }
  // fromJson takes any JSON value and throws on what is none of the message.
  return json as never;
}
