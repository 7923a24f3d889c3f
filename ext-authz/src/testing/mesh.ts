/** A key as a test writes it. */
export interface KeyText {
  readonly id: string;
  readonly file?: string;
  readonly env?: string;
  readonly revoked?: boolean;
}

/** The YAML of a small mesh with one signing policy. */
export function mesh(options: { keys: readonly KeyText[]; keySet?: string; nonceStore?: string }): string {
  const { keys, keySet = 'merchants', nonceStore = 'embedded' } = options;
  const items = keys.map(({ id, file, env, revoked = false }) => {
    const secret = file === undefined ? `{env: ${env}}` : `{file: ${file}}`;
    return `    - {id: ${id}, owner: merchant-a, algorithm: hmac-sha256, secret: ${secret}, revoked: ${revoked}}`;
  });
  return `
apiVersion: paymesh.dev/v1
kind: MeshDefaults
metadata: {name: default}
spec:
  controlPlane: {listen: 127.0.0.1:18000, admin: 127.0.0.1:18001}
  extAuthz: {endpoints: [127.0.0.1:18010], admin: 127.0.0.1:18011, timeout: 300ms}
  rateLimiter: {endpoints: [127.0.0.1:18020], admin: 127.0.0.1:18021, timeout: 50ms}
---
apiVersion: paymesh.dev/v1
kind: Service
metadata: {name: payments, namespace: pay}
spec: {protocol: http}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: charge, namespace: pay}
spec: {service: payments, match: [{method: POST, path: {exact: /v1/payments}}]}
---
apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec:
  keys:
${items.join('\n')}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: merchant-signature, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: charge}]
  verify:
    scheme: hmac-sha256
    keys: {from: keyset/${keySet}, id: header(X-Key-Id)}
    cover: [method, path, query, "header(X-Timestamp)", "header(X-Nonce)", bodyDigest]
  replay: {window: 300s, skew: 30s, nonceStore: ${nonceStore}, onStoreDown: Deny}
  maxBody: 64KiB
`;
}
