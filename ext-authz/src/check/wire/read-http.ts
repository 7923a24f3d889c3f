import { bitsOf, type WireReader } from '@paymesh/common/wire';

import { readEntry } from './read-entry.ts';
import type { WireHttp } from './wire-check.ts';
import { WireHeaders } from './wire-headers.ts';

/** A WireHttp while it is read: a message may come in several parts, which add up. */
export type HttpDraft = { -readonly [Key in keyof WireHttp]: WireHttp[Key] } & {
  readonly mergedHeaders: Map<string, Uint8Array>;
};

const NO_BYTES = new Uint8Array(0);

export function emptyHttp(bytes: Buffer): HttpDraft {
  return {
    id: '',
    method: '',
    path: '',
    host: '',
    scheme: '',
    size: 0,
    body: '',
    rawBody: NO_BYTES,
    mergedHeaders: new Map(),
    headerLines: new WireHeaders(bytes),
  };
}

// attribute_context.proto, HttpRequest: field number, shifted by three bits, and wire type.
const ID = 0x0a;
const METHOD = 0x12;
const HEADERS = 0x1a;
const PATH = 0x22;
const HOST = 0x2a;
const SCHEME = 0x32;
const SIZE = 0x48;
const PROTOCOL = 0x52;
const BODY = 0x5a;
const RAW_BODY = 0x62;
const HEADER_MAP = 0x6a;
const KNOWN = bitsOf(1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13);
// base.proto, HeaderMap.
const HEADER_MAP_HEADERS = 0x0a;
const KNOWN_OF_HEADER_MAP = bitsOf(1);

/** Reads an HttpRequest; the reader stands at its length. Of a field that comes twice the last counts. */
export function readHttp(reader: WireReader, http: HttpDraft): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    switch (tag) {
      case ID:
        http.id = reader.text();
        break;
      case METHOD:
        http.method = reader.text();
        break;
      case HEADERS: {
        const { key, value } = readEntry(reader, mergedValue);
        http.mergedHeaders.set(key, value ?? NO_BYTES);
        break;
      }
      case PATH:
        http.path = reader.text();
        break;
      case HOST:
        http.host = reader.text();
        break;
      case SCHEME:
        http.scheme = reader.text();
        break;
      case SIZE:
        http.size = reader.int64();
        break;
      case PROTOCOL:
        reader.text();
        break;
      case BODY:
        http.body = reader.text();
        break;
      case RAW_BODY:
        http.rawBody = reader.blob();
        break;
      case HEADER_MAP:
        readHeaderMap(reader, http.headerLines);
        break;
      default:
        reader.skip(tag, KNOWN);
    }
  }
  reader.leave(outer);
}

function mergedValue(reader: WireReader): Uint8Array {
  return reader.textBytes();
}

function readHeaderMap(reader: WireReader, lines: WireHeaders): void {
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === HEADER_MAP_HEADERS) lines.read(reader);
    else reader.skip(tag, KNOWN_OF_HEADER_MAP);
  }
  reader.leave(outer);
}
