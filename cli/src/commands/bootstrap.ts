import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type HostPort, parseHostPort } from '@paymesh/common/config';
import type { DocumentOf, PolicyDocument } from '@paymesh/common/policy';
import { type BootstrapInput, bootstrapFor } from '@paymesh/control-plane';
import { Command, Option } from 'commander';

import { CommandError, EXIT, print } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';
import { hostPort } from './arguments.ts';

interface BootstrapOptions {
  readonly workload?: string;
  readonly all?: string;
  readonly config: string;
  readonly controlPlane?: HostPort;
  readonly probe?: HostPort;
  readonly allStats?: true;
  readonly out?: string;
}

/** `paymesh bootstrap --workload NAME`: an Envoy bootstrap, so that any Envoy can join. */
export function bootstrapCommand(): Command {
  return new Command('bootstrap')
    .description('Print the Envoy bootstrap (JSON) of one workload: any Envoy 1.40 joins the mesh with it.')
    .option('--workload <name>', 'name of the Workload that this Envoy stands beside; becomes node.id')
    .option('--all <dir>', 'instead: write NAME.json there for every Workload')
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
    .option('--all-stats', 'keep every stat of Envoy, not only what boards, alerts and paymesh read')
    .option('--out <file>', 'write it there; default: standard output')
    .addHelpText(
      'after',
      `
Example:
  $ npx paymesh bootstrap --workload payments-1 > payments-1.json
  $ envoy -c payments-1.json --concurrency 1`,
    )
    .action(writeBootstraps);
}

async function writeBootstraps(options: BootstrapOptions): Promise<void> {
  const { workload: name, all, allStats = false, out, config } = options;
  if ((name === undefined) === (all === undefined))
    throw new CommandError('name one Workload with --workload NAME, or all with --all DIR', EXIT.usage);
  const documents = await readPolicies(config);
  const workloads = documents.filter((document) => document.kind === 'Workload');
  const textOf = (workload: DocumentOf<'Workload'>): string =>
    JSON.stringify(bootstrapFor({ workload, allStats, ...addressesOf(options, documents) }), null, 2);
  if (all !== undefined) {
    for (const workload of workloads)
      writeFileSync(join(all, `${workload.metadata.name}.json`), `${textOf(workload)}\n`);
    return;
  }
  const workload = workloads.find((document) => document.metadata.name === name);
  if (workload === undefined) {
    const known = workloads.map((document) => document.metadata.name).join(', ');
    throw new CommandError(`${config} has no Workload "${name}"; it has ${known || 'none'}`);
  }
  if (out === undefined) print(textOf(workload));
  else writeFileSync(out, `${textOf(workload)}\n`);
}

function addressesOf(
  { controlPlane, probe }: BootstrapOptions,
  documents: readonly PolicyDocument[],
): Pick<BootstrapInput, 'controlPlane' | 'probe'> {
  const defaults = documents.find((document) => document.kind === 'MeshDefaults');
  const listen = defaults?.spec.controlPlane.listen;
  const known = controlPlane ?? (listen === undefined ? undefined : parseHostPort(listen));
  if (known === undefined)
    throw new CommandError('no MeshDefaults names the control plane: give --control-plane HOST:PORT');
  return { controlPlane: known, ...(probe === undefined ? {} : { probe }) };
}
