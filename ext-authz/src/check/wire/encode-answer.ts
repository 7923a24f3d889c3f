import { createBackwardWriter, writeHeaderValue, writeStructField } from '@paymesh/common/wire';

import type { Answer, AnswerHeader, AnswerMetadata } from './answer.ts';

// external_auth.proto, CheckResponse: field number, shifted by three bits, and wire type.
const STATUS = 0x0a;
const DENIED_RESPONSE = 0x12;
const OK_RESPONSE = 0x1a;
const DYNAMIC_METADATA = 0x22;
// google/rpc/status.proto and code.proto.
const STATUS_CODE = 0x08;
const PERMISSION_DENIED = 7;
// DeniedHttpResponse and OkHttpResponse.
const DENIED_STATUS = 0x0a;
const HEADERS = 0x12;
const DENIED_BODY = 0x1a;
const HEADERS_TO_REMOVE = 0x2a;
// http_status.proto.
const HTTP_STATUS_CODE = 0x08;
// base.proto, HeaderValueOption.
const OPTION_HEADER = 0x0a;
const OPTION_APPEND_ACTION = 0x18;
const OVERWRITE_IF_EXISTS_OR_ADD = 2;

const writer = createBackwardWriter();

/**
 * The bytes of an envoy.service.auth.v3.CheckResponse. Last to first: read each function from its end.
 * A status is written in every answer, and one that is not OK in every denial.
 */
export function encodeAnswer(answer: Answer): Uint8Array {
  writeMetadata(answer.metadata);
  if (answer.kind === 'ok') writeOk(answer);
  else writeDenied(answer);
  return writer.finish();
}

function writeOk({ headers, removeHeaders }: Extract<Answer, { kind: 'ok' }>): void {
  const end = writer.mark();
  for (const name of removeHeaders.toReversed()) writer.text(HEADERS_TO_REMOVE, name);
  writeHeaders(headers);
  writer.open(OK_RESPONSE, end);
  // OK is 0, which is not written: the status is there, and empty.
  writer.open(STATUS, writer.mark());
}

function writeDenied({ status, headers, body }: Extract<Answer, { kind: 'denied' }>): void {
  const end = writer.mark();
  if (body !== '') writer.text(DENIED_BODY, body);
  writeHeaders(headers);
  const endOfHttpStatus = writer.mark();
  writer.varint(HTTP_STATUS_CODE, status);
  writer.open(DENIED_STATUS, endOfHttpStatus);
  writer.open(DENIED_RESPONSE, end);
  const endOfStatus = writer.mark();
  writer.varint(STATUS_CODE, PERMISSION_DENIED);
  writer.open(STATUS, endOfStatus);
}

function writeHeaders(headers: readonly AnswerHeader[]): void {
  for (const [name, value] of headers.toReversed()) {
    const end = writer.mark();
    // Overwrite, since clients can send these too.
    writer.varint(OPTION_APPEND_ACTION, OVERWRITE_IF_EXISTS_OR_ADD);
    writeHeaderValue(writer, OPTION_HEADER, name, value);
    writer.open(HEADERS, end);
  }
}

function writeMetadata(metadata: AnswerMetadata): void {
  const end = writer.mark();
  for (const key of Object.keys(metadata).toReversed()) writeStructField(writer, key, metadata[key] ?? '');
  writer.open(DYNAMIC_METADATA, end);
}
