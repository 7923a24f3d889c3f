import { createHash } from 'node:crypto';

import type { Resource } from '../snapshot/index.ts';

const known = new WeakMap<ReadonlyMap<string, Resource>, string>();

/**
 * The version_info of a list: a hash of its content, so that replicas agree and a client that reconnects
 * elsewhere needs nothing again. Maps are immutable, so each is hashed once.
 */
export function listVersion(resources: ReadonlyMap<string, Resource>): string {
  const found = known.get(resources);
  if (found !== undefined) return found;
  const hash = createHash('sha256');
  for (const { name, version } of resources.values()) hash.update(`${name.length}:${name}=${version}\n`);
  const version = hash.digest('hex').slice(0, 16);
  known.set(resources, version);
  return version;
}
