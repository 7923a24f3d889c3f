import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Env, fillOnce, folderOf, runTool } from '../tools.ts';

/** The two programs that are a cluster without nodes; paths. */
export interface Kubernetes {
  readonly etcd: string;
  readonly apiServer: string;
}

/** Not older than the chart asks for. Modules of the same release have its minor and patch. */
const VERSION = { kubernetes: '1.31.4', modules: '0.31.4', etcd: '3.5.16' };
const API_SERVER = 'k8s.io/kubernetes/cmd/kube-apiserver';
const ETCD = 'go.etcd.io/etcd/server/v3';
/** Of k8s.io/kubernetes: what its own go.mod takes from its folder `staging`, and others must take by name. */
const STAGING = [
  ...['api', 'apiextensions-apiserver', 'apimachinery', 'apiserver', 'cli-runtime', 'client-go'],
  ...['cloud-provider', 'cluster-bootstrap', 'code-generator', 'component-base', 'component-helpers'],
  ...['controller-manager', 'cri-api', 'cri-client', 'csi-translation-lib', 'dynamic-resource-allocation'],
  ...['endpointslice', 'kms', 'kube-aggregator', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler'],
  ...['kubectl', 'kubelet', 'metrics', 'mount-utils', 'pod-security-admission', 'sample-apiserver'],
  ...['sample-cli-plugin', 'sample-controller'],
];

/** Builds etcd and kube-apiserver from the Go module proxy into the user's cache, once. Throws a CommandError. */
export function provideKubernetes(env: Env, onProgress: (step: string) => void): Kubernetes {
  const target = folderOf(env, { name: 'kubernetes', version: VERSION.kubernetes });
  fillOnce(target, (folder) => {
    onProgress(
      `building kube-apiserver ${VERSION.kubernetes} and etcd with Go (four minutes on two cores, once)`,
    );
    writeFileSync(join(folder, 'go.mod'), goMod());
    writeFileSync(
      join(folder, 'programs.go'),
      `package programs\n\nimport (\n\t_ "${API_SERVER}"\n\t_ "${ETCD}"\n)\n`,
    );
    const go = (...args: readonly string[]) => runTool(['go', ...args], { cwd: folder, env });
    go('mod', 'tidy');
    go('build', '-trimpath', '-o', 'etcd', ETCD);
    go('build', '-trimpath', '-ldflags', versionFlags(), '-o', 'kube-apiserver', API_SERVER);
  });
  return { etcd: join(target, 'etcd'), apiServer: join(target, 'kube-apiserver') };
}

function goMod(): string {
  const replaced = STAGING.map((name) => `\tk8s.io/${name} => k8s.io/${name} v${VERSION.modules}`);
  return `module paymesh.dev/kubernetes

go 1.22.0

require (
\tgo.etcd.io/etcd/server/v3 v${VERSION.etcd}
\tk8s.io/kubernetes v${VERSION.kubernetes}
)

replace (
${replaced.join('\n')}
)
`;
}

/** Without them it says that it is 0.0.0, and helm believes it. */
function versionFlags(): string {
  const [major, minor] = VERSION.kubernetes.split('.');
  const says = { gitVersion: `v${VERSION.kubernetes}`, gitMajor: major, gitMinor: minor };
  return Object.entries(says)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}
