import {
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

/** The plain object type of a generated message. */
export type MessageOf<D extends DescMessage> = MessageShape<D>;

/** A grpc-js service definition for a generated service; methods are keyed by their local name (`check`). */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(
    service.methods.map((method) => [method.localName, methodDefinition(service, method)]),
  );
}

function methodDefinition(service: DescService, method: DescMethod): MethodDefinition<object, object> {
  return {
    path: `/${service.typeName}/${method.name}`,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    ...codec(method.input, 'request'),
    ...codec(method.output, 'response'),
  } as MethodDefinition<object, object>;
}

function codec(message: DescMessage, side: 'request' | 'response'): Record<string, unknown> {
  return {
    [`${side}Serialize`]: (value: MessageShape<DescMessage>) => Buffer.from(toBinary(message, value)),
    [`${side}Deserialize`]: (bytes: Uint8Array) => fromBinary(message, bytes),
  };
}
