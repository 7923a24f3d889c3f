// The protobuf wire format, read and written without the general code where that would take longer than a decision.
export { type BackwardWriter, createBackwardWriter } from './backward-writer.ts';
export { bitsOf } from './known-fields.ts';
export { writeHeaderValue, writeStructField } from './known-messages.ts';
export { WireError } from './wire-error.ts';
export { WireReader } from './wire-reader.ts';
