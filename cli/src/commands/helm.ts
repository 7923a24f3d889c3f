import { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { installHelm } from '../helm/index.ts';
import { print, printError } from '../output/index.ts';

/** `paymesh helm install`: makes sure that a helm is there. */
export function helmCommand({ env }: CommandContext): Command {
  return new Command('helm').description('The helm that renders the chart.').addCommand(
    new Command('install')
      .description('Find helm 3 or 4 (PAYMESH_HELM, PATH, cache) or build it with Go; prints its path.')
      .addHelpText('after', '\nExample:\n  $ npx paymesh helm install')
      .action(async () => {
        print(await installHelm(env, printError));
      }),
  );
}
