import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A path of payments that answers whoever asks. */
export const TRIAL_PATH = '/actuator/health';
/** Header with which the AccessPolicy of the trial refuses a request in the proxy. */
export const TRIAL_REFUSED_HEADER = 'x-rehearsal-refused';

const DAY_MS = 86_400_000;

/** What the sample policies do not have: keys that end, fetched keys, a trial, a quota kept by proxies. */
function extraPolicies(jwksUrl: string, nowMs: number): string {
  const inDays = (days: number): string => new Date(nowMs + days * DAY_MS).toISOString();
  return `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: { name: rehearsal, namespace: pay }
spec:
  keys:
    - { id: ends-in-ten-days, owner: nobody, algorithm: hmac-sha256, secret: { file: ../keys/ten-days.key }, notAfter: "${inDays(10)}" }
    - { id: ends-tomorrow, owner: nobody, algorithm: hmac-sha256, secret: { file: ../keys/tomorrow.key }, notAfter: "${inDays(1)}" }
  jwks: { url: "${jwksUrl}", owner: partner, refresh: 10s, maxStale: 1m }
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: { name: trial, namespace: pay }
spec: { service: payments, parent: edge, match: [{ method: GET, path: { exact: ${TRIAL_PATH} } }] }
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: { name: trial, namespace: pay }
spec:
  mode: Shadow
  targetRefs: [{ kind: Route, name: trial }]
  verify:
    scheme: hmac-sha256
    keys: { from: keyset/merchants }
    cover: [method, path, query, "header(X-Timestamp)", "header(X-Nonce)", bodyDigest]
  candidate: { scheme: rfc9421, keys: { from: keyset/rehearsal }, coverage: payment-read }
---
apiVersion: paymesh.dev/v1
kind: AccessPolicy
metadata: { name: trial, namespace: pay }
spec:
  targetRefs: [{ kind: Route, name: trial }]
  rules:
    - { name: refused, action: Deny, headers: { ${TRIAL_REFUSED_HEADER}: { present: true } } }
    - { name: others, action: Allow }
---
apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: { name: trial, namespace: pay }
spec:
  targetRefs: [{ kind: Route, name: trial }]
  limits:
    - { name: quota, per: [remoteAddress], rate: 600/m, enforce: proxy }
    - { name: counted, per: [remoteAddress], rate: 1000/s }
  onStoreDown: { fallback: Open }
`;
}

/** A copy of the sample policies with those beside them; gives its folder, in a temporary one. */
export function writeRehearsalPolicies(root: string, jwksUrl: string): string {
  const policies = join(mkdtempSync(join(tmpdir(), 'paymesh-rehearsal-')), 'policies');
  cpSync(join(root, 'policies'), policies, { recursive: true });
  const path = join(policies, 'mesh/defaults.yaml');
  const defaults = readFileSync(path, 'utf8')
    // A route on trial is one that strangers may call.
    .replace('signing: Required', 'signing: Optional')
    .replace(
      'endpoints: [127.0.0.1:18020]',
      'endpoints: [127.0.0.1:18020], quotaEndpoints: [127.0.0.1:18022]',
    );
  writeFileSync(path, defaults);
  writeFileSync(join(policies, 'security/rehearsal.yaml'), extraPolicies(jwksUrl, Date.now()));
  return policies;
}
