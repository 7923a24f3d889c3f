import type { BackwardWriter } from './backward-writer.ts';

// Messages that both protocols answer with. Tags: field number, shifted by three bits, and wire type.
// base.proto, HeaderValue. `raw_value` would be an empty header in Envoy.
const HEADER_KEY = 0x0a;
const HEADER_VALUE = 0x12;
// struct.proto, Struct and Value.
const STRUCT_FIELDS = 0x0a;
const ENTRY_KEY = 0x0a;
const ENTRY_VALUE = 0x12;
const STRING_VALUE = 0x1a;

/** Writes an envoy.config.core.v3.HeaderValue as the field `tag`. */
export function writeHeaderValue(writer: BackwardWriter, tag: number, name: string, value: string): void {
  const end = writer.mark();
  if (value !== '') writer.text(HEADER_VALUE, value);
  writer.text(HEADER_KEY, name);
  writer.open(tag, end);
}

/** Writes a field of a google.protobuf.Struct: a text, or any Value that is encoded already. */
export function writeStructField(writer: BackwardWriter, key: string, value: string | Uint8Array): void {
  const end = writer.mark();
  if (typeof value === 'string') {
    writer.text(STRING_VALUE, value);
    writer.open(ENTRY_VALUE, end);
  } else writer.blob(ENTRY_VALUE, value);
  writer.text(ENTRY_KEY, key);
  writer.open(STRUCT_FIELDS, end);
}
