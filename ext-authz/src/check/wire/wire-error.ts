/** Bytes that are no message in the protobuf wire format. Thrown inside this folder only. */
export class WireError extends Error {}
