import type { Metadata } from '../types.ts';

/** `namespace/name`: how a policy is called on the wire, in metrics and in logs. */
export function policyId(document: { readonly metadata: Pick<Metadata, 'name' | 'namespace'> }): string {
  return `${document.metadata.namespace}/${document.metadata.name}`;
}
