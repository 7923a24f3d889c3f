export { type GrpcServer, type GrpcServerOptions, startGrpcServer } from './grpc-server.ts';
export { type MessageOf, serviceDefinition } from './service-definition.ts';
