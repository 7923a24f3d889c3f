import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { editPolicy, type ScenarioMesh, until } from '@paymesh/e2e';

/** The query under another path, with neither signature nor limit nor retry. */
const BARE = `apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: bare-query, namespace: pay}
spec:
  service: payments
  parent: edge
  match: [{method: GET, path: {exact: /payment/query}}]
---
apiVersion: paymesh.dev/v1
kind: RetryPolicy
metadata: {name: bare-query, namespace: pay}
spec:
  targetRefs: [{kind: Route, name: bare-query}]
  attempts: 0
  retryOn: []
`;

/** Rearranges the policies of a running mesh for the comparison; gives the path of the bare query. */
export async function bareRoute(mesh: ScenarioMesh, paymentId: string): Promise<string> {
  editPolicy(
    mesh.policies,
    'security/limits.yaml',
    'merchant-vip, rate: 1000/s',
    'merchant-vip, rate: 1000000/s',
  );
  editPolicy(
    mesh.policies,
    'routes/merchants.yaml',
    '    - { method: GET, path: { exact: /payment/query } }\n',
    '',
  );
  editPolicy(mesh.policies, 'mesh/defaults.yaml', 'signing: Required', 'signing: Optional');
  writeFileSync(join(mesh.policies, 'routes/bare.yaml'), BARE);
  const path = `/payment/query?id=${paymentId}`;
  const isOpen = await until(async () => {
    const response = await fetch(`${mesh.edge}${path}`);
    await response.arrayBuffer();
    return response.status === 200 ? true : undefined;
  }, 10_000);
  if (isOpen !== true) throw new Error('the bare route did not open within 10 s');
  return path;
}
