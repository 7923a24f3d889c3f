import { bitsOf, WireError, WireReader } from '@paymesh/common/wire';

import { readEntry } from './read-entry.ts';
import { emptyHttp, type HttpDraft, readHttp } from './read-http.ts';
import { emptyPeer, type PeerDraft, readPeer } from './read-peer.ts';
import type { WireCheck } from './wire-check.ts';

/** A CheckRequest, or what is wrong with its bytes. */
export type DecodedCheck =
  | { readonly kind: 'check'; readonly check: WireCheck }
  | { readonly kind: 'malformed'; readonly what: string };

interface Draft {
  http: HttpDraft | undefined;
  readonly source: PeerDraft;
  readonly contextExtensions: Map<string, string>;
  jwtMetadata: Uint8Array | undefined;
}

// external_auth.proto, CheckRequest.
const ATTRIBUTES = 0x0a;
const KNOWN_OF_CHECK = bitsOf(1);
// attribute_context.proto, AttributeContext.
const SOURCE = 0x0a;
const REQUEST = 0x22;
const CONTEXT_EXTENSIONS = 0x52;
const METADATA_CONTEXT = 0x5a;
const KNOWN_OF_ATTRIBUTES = bitsOf(1, 4, 10, 11);
// attribute_context.proto, Request.
const HTTP = 0x12;
const KNOWN_OF_REQUEST = bitsOf(2);
// base.proto, Metadata.
const FILTER_METADATA = 0x0a;
const KNOWN_OF_METADATA = bitsOf(1);
const JWT_AUTHN = 'envoy.filters.http.jwt_authn';

/**
 * Reads the bytes of an envoy.service.auth.v3.CheckRequest, and of it only what a decision needs, for
 * the general decoder takes longer than the decision. Parts of one message add up as protobuf wants it.
 * Never throws. What it gives lies in `bytes`, which must not change meanwhile.
 */
export function decodeCheckRequest(bytes: Buffer): DecodedCheck {
  const draft: Draft = {
    http: undefined,
    source: emptyPeer(),
    contextExtensions: new Map(),
    jwtMetadata: undefined,
  };
  try {
    readCheck(new WireReader(bytes), draft);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { kind: 'malformed', what: error.message };
  }
  return { kind: 'check', check: draft };
}

function readCheck(reader: WireReader, draft: Draft): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ATTRIBUTES) readAttributes(reader, draft);
    else reader.skip(tag, KNOWN_OF_CHECK);
  }
}

function readAttributes(reader: WireReader, draft: Draft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    switch (tag) {
      case SOURCE:
        readPeer(reader, draft.source);
        break;
      case REQUEST:
        readRequest(reader, draft);
        break;
      case CONTEXT_EXTENSIONS: {
        const { key, value } = readEntry(reader, text);
        draft.contextExtensions.set(key, value ?? '');
        break;
      }
      case METADATA_CONTEXT:
        readMetadata(reader, draft);
        break;
      default:
        reader.skip(tag, KNOWN_OF_ATTRIBUTES);
    }
  }
  reader.leave(outer);
}

function readRequest(reader: WireReader, draft: Draft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === HTTP) {
      draft.http ??= emptyHttp(reader.bytes);
      readHttp(reader, draft.http);
    } else {
      reader.skip(tag, KNOWN_OF_REQUEST);
    }
  }
  reader.leave(outer);
}

function readMetadata(reader: WireReader, draft: Draft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === FILTER_METADATA) {
      const { key, value } = readEntry(reader, message);
      if (key === JWT_AUTHN) draft.jwtMetadata = value ?? new Uint8Array(0);
    } else {
      reader.skip(tag, KNOWN_OF_METADATA);
    }
  }
  reader.leave(outer);
}

function text(reader: WireReader): string {
  return reader.text();
}

/** Parts of one message, put one after the other, are that message. */
function message(reader: WireReader, before: Uint8Array | undefined): Uint8Array {
  const bytes = reader.blob();
  return before === undefined ? bytes : Buffer.concat([before, bytes]);
}
