import { createHash } from 'node:crypto';

import { create, type DescMessage, type Message } from '@bufbuild/protobuf';
import {
  ClusterLoadAssignmentSchema,
  ClusterSchema,
  envoyRegistry,
  ListenerSchema,
  RouteConfigurationSchema,
  validateMessage,
} from '@paymesh/common/envoy';
import { PolicySetSchema } from '@paymesh/common/policy-set';
import type { SourceFile } from '@paymesh/common/source';

import { encodeCanonical, type Translation } from '../translator/index.ts';
import type { Resource, ResourceType } from './model.ts';
import { clusterReferences, listenerReferences, type Reference, routeReferences } from './references.ts';

import type { SnapshotViolation } from './violation.ts';

/** The message type behind each resource type. */
export const SCHEMA: Readonly<Record<ResourceType, DescMessage>> = {
  cluster: ClusterSchema,
  endpoint: ClusterLoadAssignmentSchema,
  listener: ListenerSchema,
  route: RouteConfigurationSchema,
  policySet: PolicySetSchema,
};

/** A resource with all that is to be known of it to put it beside others. */
export interface Encoded {
  readonly type: ResourceType;
  readonly name: string;
  readonly resource: Resource;
  readonly references: readonly Reference[];
  /** Broken rules of its proto. */
  readonly violations: readonly Omit<SnapshotViolation, 'node'>[];
}

/** Translates, checks and encodes one resource. */
export function encode(translation: Translation): Encoded {
  switch (translation.type) {
    case 'listener': {
      const message = translation.translate();
      return describe('listener', message.name, message, listenerReferences(message));
    }
    case 'route': {
      const message = translation.translate();
      return describe('route', message.name, message, routeReferences(message));
    }
    case 'cluster': {
      const message = translation.translate();
      return describe('cluster', message.name, message, clusterReferences(message));
    }
    case 'endpoint': {
      const message = translation.translate();
      return describe('endpoint', message.clusterName, message, []);
    }
  }
}

/** The one resource of a rate limiter, of files sorted by path. */
export function encodePolicySet(files: readonly SourceFile[]): Encoded {
  const message = create(PolicySetSchema, { files: files.map(({ path, text }) => ({ path, text })) });
  return describe('policySet', 'policies', message, []);
}

/** Sixteen hexadecimal digits of the SHA-256 of these parts, which cannot run into each other. */
export function contentHash(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

function describe(
  type: ResourceType,
  name: string,
  message: Message,
  references: readonly Reference[],
): Encoded {
  const bytes = encodeCanonical(SCHEMA[type], message);
  return {
    type,
    name,
    references,
    resource: { type, name, version: contentHash([bytes]), bytes },
    violations: validateMessage(SCHEMA[type], message, { registry: envoyRegistry }).map((violation) => ({
      type,
      name,
      ...violation,
    })),
  };
}
