export { type Decoded, type FieldSink, HpackDecoder } from './decoder.ts';
export { encodeFields } from './encode-fields.ts';
export { createField, type Field, Kind } from './field.ts';
