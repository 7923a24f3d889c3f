import { createHash } from 'node:crypto';

import type { DescMessage, Message } from '@bufbuild/protobuf';
import {
  ClusterLoadAssignmentSchema,
  ClusterSchema,
  ListenerSchema,
  RouteConfigurationSchema,
} from '@paymesh/common/envoy';

import { encodeCanonical, type TranslatedResources } from '../translator/index.ts';
import type { Resource, ResourceType } from './model.ts';

/** The message type behind each resource type. */
export const SCHEMA: Readonly<Record<ResourceType, DescMessage>> = {
  cluster: ClusterSchema,
  endpoint: ClusterLoadAssignmentSchema,
  listener: ListenerSchema,
  route: RouteConfigurationSchema,
};

/** A resource with the message it was made of. */
export interface Encoded {
  readonly message: Message;
  readonly resource: Resource;
}

/** Encodes every message of one proxy. */
export function encodeResources({ clusters, endpoints, listeners, routes }: TranslatedResources): Encoded[] {
  return [
    ...clusters.map((message) => encode('cluster', message.name, message)),
    ...endpoints.map((message) => encode('endpoint', message.clusterName, message)),
    ...listeners.map((message) => encode('listener', message.name, message)),
    ...routes.map((message) => encode('route', message.name, message)),
  ];
}

/** Sixteen hexadecimal digits of the SHA-256 of these parts, which cannot run into each other. */
export function contentHash(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

function encode(type: ResourceType, name: string, message: Message): Encoded {
  const bytes = encodeCanonical(SCHEMA[type], message);
  return { message, resource: { type, name, version: contentHash([bytes]), bytes } };
}
