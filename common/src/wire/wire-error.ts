/** Bytes that are no message in the protobuf wire format. Thrown by a reader; whoever reads catches it. */
export class WireError extends Error {}
