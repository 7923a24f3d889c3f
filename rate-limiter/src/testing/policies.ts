/** A complete set of policies with one limit, for tests. */
export function limitedMesh(
  rate: string,
  more: { readonly mode?: string; readonly fallback?: string } = {},
): string {
  const { mode = 'Enforce', fallback = '{ fallback: Closed }' } = more;
  return `
apiVersion: paymesh.dev/v1
kind: Service
metadata: { name: payments, namespace: pay }
spec: { protocol: http }
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: { name: charge, namespace: pay }
spec: { service: payments, match: [{ method: POST, path: { exact: /v1/payments } }] }
---
apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: { name: per-merchant, namespace: pay }
spec:
  targetRefs: [{ kind: Route, name: charge }]
  mode: ${mode}
  limits:
    - { name: burst, per: [principal, header(X-Shop)], rate: ${rate}, overrides: [{ value: vip, rate: 5/m }] }
    - { name: all, per: [], rate: 100/m }
  onLimited: { status: 429, retryAfter: true, headers: draft }
  onStoreDown: ${fallback}
`;
}
