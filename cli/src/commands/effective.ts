import { compileMesh, readJwksFiles } from '@paymesh/control-plane';
import { Command } from 'commander';

import { effectiveRoutes, renderEffective } from '../effective/index.ts';
import { CommandError, print } from '../output/index.ts';
import { findingsError, readPolicies } from '../policies/index.ts';

interface EffectiveOptions {
  readonly route?: string;
  readonly config: string;
  readonly json?: true;
}

/** `paymesh effective`: what holds for each route, who enforces it, and where it was typed. */
export function effectiveCommand(): Command {
  return new Command('effective')
    .description(
      'Show what holds for each route once all policies are merged: value, who enforces it, and where it was typed.',
    )
    .option('--route <namespace/name>', 'one Route; default: all')
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      `
"envoy: ..." is enforced in the proxy, so that what is refused there costs no call; "envoy: rbac, ext-authz"
means that the proxy refuses what it can see to be refused and ext-authz judges the rest.

Examples:
  $ npx paymesh effective
  $ npx paymesh effective --route pay/charge --json`,
    )
    .action(async ({ route, config, json }: EffectiveOptions) => {
      const documents = await readPolicies(config);
      const { ir, findings } = compileMesh(documents, await readJwksFiles(documents));
      if (findings.some(({ severity }) => severity === 'error')) throw findingsError(findings, []);
      const all = effectiveRoutes(documents, ir);
      const routes = route === undefined ? all : all.filter((one) => one.route === route);
      if (routes.length === 0) {
        const known = all.map((one) => one.route).join(', ');
        throw new CommandError(
          `${config} has no Route ${route ?? ''}; it has ${known || 'none'}`.replace('  ', ' '),
        );
      }
      print(json === true ? JSON.stringify({ schemaVersion: 1, routes }, null, 2) : renderEffective(routes));
    });
}
