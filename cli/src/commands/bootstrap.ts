import { writeFileSync } from 'node:fs';

import { type HostPort, parseHostPort } from '@paymesh/common/config';
import { bootstrapFor } from '@paymesh/control-plane';
import { Command, Option } from 'commander';

import { CommandError, print } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';
import { hostPort } from './arguments.ts';

interface BootstrapOptions {
  readonly workload: string;
  readonly config: string;
  readonly controlPlane?: HostPort;
  readonly probe?: HostPort;
  readonly out?: string;
}

/** `paymesh bootstrap --workload NAME`: an Envoy bootstrap, so that any Envoy can join. */
export function bootstrapCommand(): Command {
  return new Command('bootstrap')
    .description('Print the Envoy bootstrap (JSON) of one workload: any Envoy 1.40 joins the mesh with it.')
    .requiredOption(
      '--workload <name>',
      'name of the Workload that this Envoy stands beside; becomes node.id',
    )
    .option('--config <dir>', 'folder of policy files', 'policies')
    .addOption(
      new Option(
        '--control-plane <host:port>',
        'where the control plane serves ADS; default: MeshDefaults.spec.controlPlane.listen',
      ).argParser(hostPort),
    )
    .addOption(
      new Option(
        '--probe <host:port>',
        'serve /ready and /stats/prometheus of Envoy there too; default: on loopback only',
      ).argParser(hostPort),
    )
    .option('--out <file>', 'write it there; default: standard output')
    .addHelpText(
      'after',
      `
Example:
  $ npx paymesh bootstrap --workload payments-1 > payments-1.json
  $ envoy -c payments-1.json --concurrency 1`,
    )
    .action(async (options: BootstrapOptions) => {
      const documents = await readPolicies(options.config);
      const workloads = documents.filter((document) => document.kind === 'Workload');
      const workload = workloads.find((document) => document.metadata.name === options.workload);
      if (workload === undefined) {
        const known = workloads.map((document) => document.metadata.name).join(', ');
        throw new CommandError(
          `${options.config} has no Workload "${options.workload}"; it has ${known || 'none'}`,
        );
      }
      const defaults = documents.find((document) => document.kind === 'MeshDefaults');
      const listen = defaults?.spec.controlPlane.listen;
      const controlPlane = options.controlPlane ?? (listen === undefined ? undefined : parseHostPort(listen));
      if (controlPlane === undefined)
        throw new CommandError('no MeshDefaults names the control plane: give --control-plane HOST:PORT');
      const { probe, out } = options;
      const bootstrap = bootstrapFor({ workload, controlPlane, ...(probe === undefined ? {} : { probe }) });
      const text = JSON.stringify(bootstrap, null, 2);
      if (out === undefined) print(text);
      else writeFileSync(out, `${text}\n`);
    });
}
