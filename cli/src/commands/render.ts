import { Command, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { KUBERNETES_VERSION, renderChart, requireHelm, SIZES, type Size } from '../helm/index.ts';

interface RenderFlags {
  readonly target: 'k8s';
  readonly values: readonly string[];
  readonly size?: Size;
  readonly name: string;
  readonly namespace: string;
  readonly kubernetes: string;
}

/** `paymesh render --target k8s`: the whole mesh as one file for `kubectl apply`. */
export function renderCommand({ env }: CommandContext): Command {
  return new Command('render')
    .description(
      'Print the mesh as one file for "kubectl apply": what the Helm chart makes, rendered with helm.',
    )
    .addOption(new Option('--target <target>', 'for what').choices(['k8s']).makeOptionMandatory())
    .option('--values <file>', 'values of the chart (helm/README.md); may be repeated', collect, [])
    .addOption(new Option('--size <size>', 'values to start from').choices(SIZES))
    .option('--name <name>', 'begins the names of what is made', 'paymesh')
    .option(
      '--namespace <name>',
      'namespace; made too, with restricted pod security, unless it is "default"',
      'default',
    )
    .option('--kubernetes <version>', 'version of the cluster', KUBERNETES_VERSION)
    .addHelpText(
      'after',
      `
Without keys.existingSecret and a Redis of your own, keys and a password are made anew each time: keep the file.

Examples:
  $ npx paymesh render --target k8s --size small --namespace pay > service-mesh.yaml
  $ kubectl apply -f service-mesh.yaml`,
    )
    .action(({ values, size, name, namespace, kubernetes }: RenderFlags) => {
      const text = renderChart({
        helm: requireHelm(env),
        ...{ name, namespace, values, kubernetesVersion: kubernetes },
        ...(size === undefined ? {} : { size }),
        flags: ['--skip-tests', '--set', `createNamespace=${String(namespace !== 'default')}`],
      });
      process.stdout.write(text);
    });
}

function collect(file: string, files: readonly string[]): readonly string[] {
  return [...files, file];
}
