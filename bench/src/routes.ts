import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { editPolicy, type ScenarioMesh, until } from '@paymesh/e2e';

/** Two paths with one and the same answer of the program behind them. */
export const BARE_PATH = '/healthz';
export const POLICED_PATH = '/actuator/health';

/** The one with no policy, the other with signature, limit and retries. */
const ROUTES = `apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: bench-bare, namespace: pay}
spec: {service: payments, parent: edge, match: [{method: GET, path: {exact: ${BARE_PATH}}}]}
---
apiVersion: paymesh.dev/v1
kind: RetryPolicy
metadata: {name: bench-bare, namespace: pay}
spec: {targetRefs: [{kind: Route, name: bench-bare}], attempts: 0}
---
apiVersion: paymesh.dev/v1
kind: Route
metadata: {name: bench-policed, namespace: pay}
spec: {service: payments, parent: edge, match: [{method: GET, path: {exact: ${POLICED_PATH}}}]}
`;

const POLICED = '    - { kind: Route, name: bench-policed }\n';

/** Rearranges the policies of a running mesh for the comparison. */
export async function addBenchRoutes(mesh: ScenarioMesh): Promise<void> {
  editPolicy(mesh.policies, 'mesh/defaults.yaml', 'signing: Required', 'signing: Optional');
  editPolicy(
    mesh.policies,
    'security/limits.yaml',
    'merchant-vip, rate: 1000/s',
    'merchant-vip, rate: 1000000/s',
  );
  for (const file of ['security/merchants.yaml', 'security/limits.yaml', 'resilience/payments.yaml']) {
    editPolicy(mesh.policies, file, 'targetRefs:\n', `targetRefs:\n${POLICED}`);
  }
  writeFileSync(join(mesh.policies, 'routes/bench.yaml'), ROUTES);
  const areOpen = await until(async () => {
    const [bare, policed] = await Promise.all(
      [BARE_PATH, POLICED_PATH].map((path) => statusOf(mesh.edge + path)),
    );
    return bare === 200 && policed === 401 ? true : undefined;
  }, 10_000);
  if (areOpen === true) return;
  const { findings } = await mesh.observe.controlPlane();
  throw new Error(`the routes of the benchmark did not open within 10 s: ${JSON.stringify(findings)}`);
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}
