// Apart from the servers: it loads grpc-js, which a service with unary calls only does without.
export { type OpenStream, type OpenStreamOptions, openStream } from './open-stream.ts';
