import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { CommandError, installHelm } from '@paymesh/cli';

import { CHART_CASES } from '../cases.ts';
import { root } from '../render.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { provideKubernetes } from './provide-kubernetes.ts';

// npm run chart:install: installs the chart with every set of values into a real API server whose namespaces admit only
// restricted Pods, has each Pod of a Deployment admitted, then upgrades, rolls back and uninstalls. Ends with 1 where anything was
// refused or warned of.
const CHART = join(root, 'helm/paymesh');
const RELEASE = 'paymesh';
/** Of what the values of a case name and a cluster has. */
const PRIORITY_CLASS = 'payments';
const OPERATOR_KINDS = [
  ['PrometheusRule', 'prometheusrules'],
  ['ServiceMonitor', 'servicemonitors'],
] as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const progress = (step: string): void => void process.stderr.write(`${step}\n`);
  try {
    const helm = await installHelm(process.env, progress);
    const server = await startApiServer(provideKubernetes(process.env, progress));
    try {
      return await installAll(helm, server);
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`paymesh: ${error.message}\n`);
    return error.exitCode;
  }
}

async function installAll(helm: string, server: ApiServer): Promise<number> {
  await prepare(server);
  const run = (...args: readonly string[]) => {
    const done = spawnSync(helm, args, {
      encoding: 'utf8',
      env: { ...process.env, KUBECONFIG: server.kubeconfig },
    });
    // helm says what the server warns of on stderr, and still ends well.
    const said = done.stderr.trim();
    return { isWell: done.status === 0 && said === '', said };
  };
  let refused = 0;
  const tell = (name: string, step: string, isWell: boolean, said: string): void => {
    if (!isWell) refused += 1;
    process.stdout.write(`${name.padEnd(18)} ${step.padEnd(12)} ${isWell ? 'taken' : `REFUSED ${said}`}\n`);
  };
  for (const [name, values, flags] of CHART_CASES) {
    // One is named default, as a namespace that is always there.
    const namespace = `${RELEASE}-${name}`;
    await make(server, '/api/v1/namespaces', restricted(namespace));
    const files = values.flatMap((file) => ['--values', file]);
    const where = ['--namespace', namespace];
    // The namespace is there, with its labels.
    const installed = run(
      'install',
      RELEASE,
      CHART,
      ...where,
      ...files,
      ...flags,
      '--set',
      'createNamespace=false',
    );
    tell(name, 'install', installed.isWell, installed.said);
    const pods = await admitPods(server, namespace);
    tell(name, `${pods.count} pods`, pods.count > 0 && pods.refused.length === 0, pods.refused.join('; '));
    const steps = {
      upgrade: ['upgrade', RELEASE, CHART, ...where, '--reuse-values', '--set', 'envoy.allStats=true'],
      rollback: ['rollback', RELEASE, '1', ...where],
      uninstall: ['uninstall', RELEASE, ...where],
    };
    for (const [step, args] of Object.entries(steps)) {
      const { isWell, said } = run(...args);
      tell(name, step, isWell, said);
    }
  }
  process.stdout.write(refused === 0 ? 'all taken\n' : `${refused} refused\n`);
  return refused === 0 ? 0 : 1;
}

/** What an own cluster has before: a class of priority, and the kinds of the Prometheus Operator, with any content. */
async function prepare(server: ApiServer): Promise<void> {
  await make(server, '/apis/scheduling.k8s.io/v1/priorityclasses', {
    metadata: { name: PRIORITY_CLASS },
    value: 1_000,
  });
  for (const [kind, plural] of OPERATOR_KINDS) {
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await make(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `${plural}.monitoring.coreos.com` },
      spec: {
        group: 'monitoring.coreos.com',
        names: { kind, plural },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    });
  }
}

function restricted(name: string): object {
  const level = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  };
  return { metadata: { name, labels: level } };
}

async function make(server: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await server.call('POST', path, object);
  if (status !== 201) throw new Error(`${path} answers ${status}: ${body.message ?? ''}`);
}

/** Has the API server admit the Pod of each Deployment, as its controller would make it; nothing is kept. */
async function admitPods(
  server: ApiServer,
  namespace: string,
): Promise<{ readonly count: number; readonly refused: readonly string[] }> {
  const { body } = await server.call('GET', `/apis/apps/v1/namespaces/${namespace}/deployments`);
  const refused: string[] = [];
  for (const { metadata, spec } of body.items ?? []) {
    const { name } = metadata;
    const pod = { metadata: { ...spec.template.metadata, name }, spec: spec.template.spec };
    const answer = await server.call('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
    if (answer.status !== 201) refused.push(`${name}: ${answer.body.message ?? answer.status}`);
  }
  return { count: body.items?.length ?? 0, refused };
}
