export { type GrpcServer, type GrpcServerOptions, startGrpcServer } from './grpc-server.ts';
export { LIMITS } from './limits.ts';
export { type MessageOf, serviceDefinition } from './service-definition.ts';
export type { CallStatus } from './unary/status.ts';
export { startUnaryServer, type UnaryServerOptions } from './unary/unary-server.ts';
