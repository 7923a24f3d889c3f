import { bitsOf, WireError, WireReader } from '@paymesh/common/wire';

import { MAX_COUNT } from '../algorithm/index.ts';
import type { Descriptor, LimitRequest } from '../limiter/index.ts';
import type { Entry } from '../match/index.ts';
import { UNITS } from './units.ts';

// rls.proto, RateLimitRequest: field number, shifted by three bits, and wire type.
const DOMAIN = 0x0a;
const DESCRIPTORS = 0x12;
const HITS_ADDEND = 0x18;
const KNOWN_OF_REQUEST = bitsOf(1, 2, 3);
// ratelimit.proto, RateLimitDescriptor.
const ENTRIES = 0x0a;
const LIMIT = 0x12;
const OWN_HITS = 0x1a;
const IS_NEGATIVE = 0x20;
const KNOWN_OF_DESCRIPTOR = bitsOf(1, 2, 3, 4);
// Entry.
const KEY = 0x0a;
const VALUE = 0x12;
const KNOWN_OF_ENTRY = bitsOf(1, 2);
// RateLimitOverride.
const REQUESTS_PER_UNIT = 0x08;
const UNIT = 0x10;
const KNOWN_OF_OVERRIDE = bitsOf(1, 2);
// google.protobuf.UInt64Value.
const WRAPPED = 0x08;
const KNOWN_OF_WRAPPER = bitsOf(1);

interface Draft {
  readonly entries: Entry[];
  /** Undefined: those of the request. */
  hits: number | undefined;
  isNegative: boolean;
  limit: { requests: number; unit: number } | undefined;
}

/**
 * Reads the bytes of an envoy.service.ratelimit.v3.RateLimitRequest; undefined where they are none. The general decoder
 * takes longer than the decision, and leaves more behind. Parts of one message add up as protobuf wants it.
 */
export function decodeRequest(bytes: Buffer): LimitRequest | undefined {
  try {
    return readRequest(new WireReader(bytes));
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function readRequest(reader: WireReader): LimitRequest {
  const drafts: Draft[] = [];
  let domain = '';
  let hits = 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === DOMAIN) domain = reader.text();
    else if (tag === DESCRIPTORS) drafts.push(readDescriptor(reader));
    else if (tag === HITS_ADDEND) hits = reader.uint32();
    else reader.skip(tag, KNOWN_OF_REQUEST);
  }
  // 0 means that the field was not set, and an unset one means 1.
  const usual = Math.max(1, hits);
  return { domain, descriptors: drafts.map((draft) => descriptorOf(draft, usual)) };
}

function descriptorOf({ entries, hits = -1, isNegative, limit }: Draft, usual: number): Descriptor {
  const own = hits === -1 ? usual : hits;
  const signed = isNegative && own !== 0 ? -own : own;
  if (limit === undefined) return { entries, hits: signed };
  return { entries, hits: signed, override: { requests: limit.requests, unit: UNITS[limit.unit] } };
}

function readDescriptor(reader: WireReader): Draft {
  const draft: Draft = { entries: [], hits: undefined, isNegative: false, limit: undefined };
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ENTRIES) draft.entries.push(readEntry(reader));
    else if (tag === LIMIT) draft.limit = readLimit(reader, draft.limit);
    else if (tag === OWN_HITS) draft.hits = readHits(reader, draft.hits ?? 0);
    else if (tag === IS_NEGATIVE) draft.isNegative = reader.int64() !== 0;
    else reader.skip(tag, KNOWN_OF_DESCRIPTOR);
  }
  reader.leave(outer);
  return draft;
}

function readEntry(reader: WireReader): Entry {
  let key = '';
  let value = '';
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === KEY) key = reader.text();
    // Envoy puts the bytes of a header there as they came; refusing them would let their sender dodge the limit.
    else if (tag === VALUE) value = reader.anyText();
    else reader.skip(tag, KNOWN_OF_ENTRY);
  }
  reader.leave(outer);
  return { key, value };
}

function readLimit(reader: WireReader, before: Draft['limit']): NonNullable<Draft['limit']> {
  const limit = before ?? { requests: 0, unit: 0 };
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === REQUESTS_PER_UNIT) limit.requests = reader.uint32();
    else if (tag === UNIT) limit.unit = reader.uint32();
    else reader.skip(tag, KNOWN_OF_OVERRIDE);
  }
  reader.leave(outer);
  return limit;
}

/** Counters stop at MAX_COUNT anyway; from 2^63 on the number comes as a negative one. */
function readHits(reader: WireReader, before: number): number {
  let hits = before;
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === WRAPPED) {
      const value = reader.int64();
      hits = value < 0 ? MAX_COUNT : Math.min(value, MAX_COUNT);
    } else reader.skip(tag, KNOWN_OF_WRAPPER);
  }
  reader.leave(outer);
  return hits;
}
