import { fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { createBackwardWriter, writeHeaderValue, writeStructField } from '@paymesh/common/wire';

import type { DescriptorStatus } from '../limiter/index.ts';
import type { HeaderStyle } from '../match/index.ts';
import { codeOf, type Decided, headersOf, MAX_UINT32, unitOf } from './response.ts';
import { responseMetadata } from './response-metadata.ts';

// rls.proto, RateLimitResponse: field number, shifted by three bits, and wire type.
const OVERALL_CODE = 0x08;
const STATUSES = 0x12;
const RESPONSE_HEADERS = 0x1a;
const DYNAMIC_METADATA = 0x32;
// DescriptorStatus.
const CODE = 0x08;
const CURRENT_LIMIT = 0x12;
const LIMIT_REMAINING = 0x18;
const DURATION_UNTIL_RESET = 0x22;
// RateLimit.
const REQUESTS_PER_UNIT = 0x08;
const UNIT = 0x10;
const NAME = 0x1a;
// google.protobuf.Duration.
const SECONDS = 0x08;

const writer = createBackwardWriter();

/** The bytes of what `buildResponse` makes. Last to first: read each function from its end. */
export function encodeResponse(decision: Decided, headers: HeaderStyle = 'none'): Uint8Array {
  writeMetadata(responseMetadata(decision));
  for (const [name, value] of headersOf(decision, headers).toReversed()) {
    writeHeaderValue(writer, RESPONSE_HEADERS, name, value);
  }
  const { statuses } = decision;
  for (let index = statuses.length - 1; index >= 0; index -= 1) {
    const status = statuses[index];
    if (status !== undefined) writeStatus(status);
  }
  writer.varint(OVERALL_CODE, codeOf(decision.isOver));
  return writer.finish();
}

function writeStatus({ isOver, remaining, limit }: DescriptorStatus): void {
  const end = writer.mark();
  if (limit !== undefined) {
    writer.varint(SECONDS, limit.resetSeconds);
    writer.open(DURATION_UNTIL_RESET, end);
  }
  writeNumber(LIMIT_REMAINING, Math.min(remaining, MAX_UINT32));
  if (limit !== undefined) {
    const endOfLimit = writer.mark();
    writeText(NAME, limit.name);
    writeNumber(UNIT, unitOf(limit.allowance));
    writeNumber(REQUESTS_PER_UNIT, Math.min(limit.requests, MAX_UINT32));
    writer.open(CURRENT_LIMIT, endOfLimit);
  }
  writer.varint(CODE, codeOf(isOver));
  writer.open(STATUSES, end);
}

/** Nearly all are texts; what a rule says of itself may be anything. */
function writeMetadata(metadata: JsonObject | undefined): void {
  if (metadata === undefined) return;
  const end = writer.mark();
  for (const [key, value] of Object.entries(metadata)) {
    const isText = typeof value === 'string';
    writeStructField(writer, key, isText ? value : toBinary(ValueSchema, fromJson(ValueSchema, value)));
  }
  writer.open(DYNAMIC_METADATA, end);
}

/** What is as if unset is not written. (protobuf.dev/programming-guides/proto3, "Default Values") */
function writeNumber(tag: number, value: number): void {
  if (value !== 0) writer.varint(tag, value);
}

function writeText(tag: number, text: string): void {
  if (text !== '') writer.text(tag, text);
}
