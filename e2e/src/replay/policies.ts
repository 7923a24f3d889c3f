import { KEY_ID, SECRET } from './signed-check.ts';

/** Documents of a gateway with an open route and a signed one. */
export function signedPolicies(onStoreDown: 'Deny' | 'Local'): string {
  return `apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: open, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {exact: /open}}]}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: signed, namespace: pay}
spec: {service: sink, parent: edge, match: [{path: {prefix: /signed}}]}
---
${signingDocuments(onStoreDown)}`;
}

/** The key set and the policy alone. */
export function signingDocuments(onStoreDown: 'Deny' | 'Local'): string {
  return `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: [{id: ${KEY_ID}, owner: merchant-a, secret: {file: ../keys/k-1.key}}]}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: signed, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: signed}]
  verify: {scheme: hmac-sha256, keys: {from: keyset/merchants}, cover: [method, path, query, header(X-Timestamp), header(X-Nonce), bodyDigest]}
  replay: {nonceStore: redis, onStoreDown: ${onStoreDown}}
`;
}

/** Files beside the policies. */
export const KEY_FILES = { 'keys/k-1.key': SECRET.toString('base64') };
