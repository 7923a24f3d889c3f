/** Shape of a structured field. */
export type StructuredType = 'dictionary' | 'list' | 'item';

/**
 * Fields defined as structured in the field name registry, and drafts and examples in wide use: only of these is `sf`
 * understood. A Map, so that no name reaches a prototype.
 */
export const STRUCTURED_TYPES: ReadonlyMap<string, StructuredType> = new Map<string, StructuredType>([
  ...fields('dictionary', [
    'accept-signature',
    'cdn-cache-control',
    'content-digest',
    'document-policy',
    'no-vary-search',
    'permissions-policy',
    'priority',
    'repr-digest',
    'reporting-endpoints',
    'signature',
    'signature-input',
    'unencoded-digest',
    'use-as-dictionary',
    'want-content-digest',
    'want-repr-digest',
    'want-unencoded-digest',
    // The name that the examples of RFC 9421 use.
    'example-dict',
  ]),
  ...fields('list', [
    'accept-ch',
    'cache-groups',
    'cache-group-invalidation',
    'cache-status',
    'client-cert-chain',
    'proxy-status',
    'ratelimit',
    'ratelimit-policy',
    'sec-ch-ua',
    'sec-ch-ua-full-version-list',
  ]),
  ...fields('item', [
    'available-dictionary',
    'capsule-protocol',
    'client-cert',
    'cross-origin-embedder-policy',
    'cross-origin-opener-policy',
    'deprecation',
    'dictionary-id',
    'idempotency-key',
    'incremental',
    'origin-agent-cluster',
    'sec-ch-ua-mobile',
    'sec-ch-ua-platform',
    'sec-fetch-dest',
    'sec-fetch-mode',
    'sec-fetch-site',
    'sec-fetch-user',
    'sec-purpose',
  ]),
]);

function fields(
  type: StructuredType,
  names: readonly string[],
): readonly (readonly [string, StructuredType])[] {
  return names.map((name) => [name, type] as const);
}
