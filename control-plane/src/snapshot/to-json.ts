import { fromBinary, type JsonObject, toJson } from '@bufbuild/protobuf';
import { envoyRegistry } from '@paymesh/common/envoy';

import { SCHEMA } from './encode.ts';
import type { NodeSnapshot, Resource, ResourceType } from './model.ts';

/** All resources of a node as JSON of their protos, by type and in order of name, for people and for goldens. */
export function snapshotToJson({
  resources,
}: NodeSnapshot): Readonly<Record<ResourceType, readonly JsonObject[]>> {
  const all = (type: ResourceType): JsonObject[] => [...resources[type].values()].map(resourceToJson);
  return {
    cluster: all('cluster'),
    endpoint: all('endpoint'),
    listener: all('listener'),
    route: all('route'),
    policySet: all('policySet'),
  };
}

/**
 * One resource as JSON of its proto. No resource of these types holds a secret: keys stay with ext-authz,
 * and certificates will have a type of their own.
 */
function resourceToJson({ type, bytes }: Resource): JsonObject {
  const schema = SCHEMA[type];
  const message = fromBinary(schema, bytes);
  return toJson(schema, message, { registry: envoyRegistry, useProtoFieldName: true }) as JsonObject;
}
