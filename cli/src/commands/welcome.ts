import { relative } from 'node:path';

import type { DocumentOf } from '@paymesh/common/policy';

import type { LocalMesh } from '../local-mesh/index.ts';
import { table } from '../output/index.ts';

interface WelcomeInput {
  readonly seconds: number;
  readonly options: { readonly policies: string; readonly portOffset: number };
}

/** What `paymesh up` prints once the mesh runs: where everything listens, and three things to try. */
export function welcome(mesh: LocalMesh, { seconds, options }: WelcomeInput): string {
  const workloads = mesh.documents.filter((document) => document.kind === 'Workload');
  const defaults = mesh.documents.find((document) => document.kind === 'MeshDefaults')?.spec;
  const gateway = workloads.find((workload) => workload.spec.kind === 'gateway');
  const rows = [['NAME', 'LISTENS', 'ENVOY IN', 'ENVOY OUT', 'ENVOY ADMIN'], ...workloads.map(workloadRow)];
  const services = [
    ['control-plane', defaults?.controlPlane.listen ?? '', `admin ${defaults?.controlPlane.admin ?? ''}`],
    ['ext-authz', defaults?.extAuthz.endpoints[0] ?? '', `admin ${defaults?.extAuthz.admin ?? ''}`],
    [
      'rate-limiter',
      defaults?.rateLimiter.endpoints[0] ?? '',
      `admin ${defaults?.rateLimiter.admin ?? ''}`,
      quotasOf(defaults),
    ],
  ];
  return [
    '',
    `The mesh runs: ${mesh.processes.length} processes, ready in ${seconds.toFixed(1)} s. Logs: ${mesh.state}/logs`,
    '',
    table(services),
    '',
    table(rows),
    '',
    ...(gateway === undefined ? [] : thingsToTry(gateway, mesh, options)),
    'Ctrl-C ends everything.',
  ].join('\n');
}

function quotasOf(defaults: DocumentOf<'MeshDefaults'>['spec'] | undefined): string {
  const [first] = defaults?.rateLimiter.quotaEndpoints ?? [];
  return first === undefined ? '' : `quotas ${first}`;
}

function workloadRow({ metadata, spec }: DocumentOf<'Workload'>): readonly string[] {
  const own = `${spec.address}:${spec.port}`;
  if (spec.kind === 'gateway') return [metadata.name, `${own} (merchants)`, '', '', `:${spec.adminPort}`];
  return [metadata.name, own, `:${spec.proxy.inbound}`, `:${spec.proxy.outbound}`, `:${spec.adminPort}`];
}

function thingsToTry(
  gateway: DocumentOf<'Workload'>,
  mesh: LocalMesh,
  options: WelcomeInput['options'],
): readonly string[] {
  const edge = `http://127.0.0.1:${gateway.spec.port}`;
  const flags = options.portOffset === 0 ? '' : ` --config ${mesh.policies}`;
  const body = `'{"orderId":"o-1","amount":{"minor":1999,"currency":"CNY"}}'`;
  const pay = `npx paymesh sign${flags} --curl -X POST -H "Idempotency-Key: $(date +%s%N)" -d ${body} ${edge}/v1/payments`;
  const first = `eval "$(${pay})"`;
  const limits = `${relative(process.cwd(), mesh.policies)}/security/limits.yaml`;
  return [
    'Three things to try, each a line to paste:',
    '',
    '1. A signed payment goes through; the same line forged (one byte of the body changed) gets 401:',
    `   ${first}`,
    `   eval "$(${pay} | sed s/:1999/:9999/)"`,
    '2. A replayed request gets 409:',
    `   line="$(${pay})"; eval "$line"; eval "$line"`,
    '3. A limit of one payment a minute holds as soon as the file is saved: 201, then 429. The line puts it back:',
    `   sed -i 's#rate: 100/s#rate: 1/m#' ${limits}; ${first}; ${first}; sed -i 's#rate: 1/m#rate: 100/s#' ${limits}`,
    '',
  ];
}
