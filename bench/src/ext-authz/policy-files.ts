import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuthzCase } from './cases.ts';

/** The policy that all requests name. */
export const POLICY = 'pay/merchant-signature';

/** Writes the policies of a case into a new folder and gives its path. */
export function writePolicies({ verify, keys, files, nonceStore }: AuthzCase): string {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-bench-authz-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  writeFileSync(
    join(folder, 'policies.yaml'),
    `apiVersion: paymesh.dev/v1
kind: KeySet
metadata: {name: merchants, namespace: pay}
spec: {keys: ${keys}}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: charge, namespace: pay}
spec: {service: payments, match: [{method: POST, path: {exact: /v1/payments}}]}
---
apiVersion: paymesh.dev/v1
kind: SigningPolicy
metadata: {name: merchant-signature, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: charge}]
  verify: ${verify}
  replay: {window: 300s, skew: 30s, nonceStore: ${nonceStore}, onStoreDown: Deny}
`,
  );
  return folder;
}
