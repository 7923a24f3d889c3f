import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { CommandError } from '../output/index.ts';

/** Presets of values that the chart ships. */
export const SIZES = ['small', 'medium', 'large'] as const;

export type Size = (typeof SIZES)[number];

/** The Kubernetes that the manifests are made for, and whose schemas they are held against. */
export const KUBERNETES_VERSION = '1.34.0';

/** Bytes of manifests; the largest set has some hundred thousand. */
const MAX_OUTPUT_BYTES = 67_108_864;
const TIMEOUT_MS = 60_000;

const CHART = fileURLToPath(new URL('../../../helm/paymesh', import.meta.url));

export interface RenderOptions {
  /** Path of helm. */
  readonly helm: string;
  /** Name of the release: begins the names of what is made. */
  readonly name: string;
  readonly namespace: string;
  /** Files of values, later ones over earlier ones. */
  readonly values: readonly string[];
  readonly size?: Size;
  /** Default 1.34.0. */
  readonly kubernetesVersion?: string;
  /** Further flags of `helm template`. Default none. */
  readonly flags?: readonly string[];
}

/** The manifests of the chart as YAML documents. Throws a CommandError with what helm says of the values. */
export function renderChart(options: RenderOptions): string {
  const { helm, name, namespace, values, size, kubernetesVersion = KUBERNETES_VERSION, flags = [] } = options;
  const files = [...(size === undefined ? [] : [`${CHART}/values-${size}.yaml`]), ...values];
  const args = [
    ...['template', name, CHART, '--namespace', namespace, '--kube-version', kubernetesVersion],
    ...files.flatMap((file) => ['--values', file]),
    ...flags,
  ];
  const run = spawnSync(helm, args, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES, timeout: TIMEOUT_MS });
  if (run.status === 0) return run.stdout;
  throw new CommandError(
    `helm refused the values: ${reasonOf(run.stderr ?? '') || run.error?.message || run.signal}`,
  );
}

/** What helm says, without the advice to debug templates that are not the reader's. */
function reasonOf(stderr: string): string {
  const [reason = ''] = stderr.replace(/^Error: /, '').split('\n\nUse --debug');
  return reason.trim();
}
