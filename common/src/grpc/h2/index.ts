export { encodeFields } from './hpack/index.ts';
export { ErrorCode } from './protocol.ts';
export type { RequestHead } from './request-head.ts';
export { createH2Server, type H2Server, type H2ServerOptions } from './server.ts';
export type { Receiver, Stream } from './stream.ts';
