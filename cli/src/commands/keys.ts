import { Command } from 'commander';

import { createMissingKeys, createMissingSecrets } from '../local-mesh/index.ts';
import { print } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';

interface KeysOptions {
  readonly config: string;
  readonly secret: readonly string[];
}

/** `paymesh keys`: makes the key files that KeySets name and that are not there, as `paymesh up` does. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('Make the key files that KeySets name and that do not exist yet; prints their paths.')
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option(
      '--secret <file>',
      'file of 32 characters to make too, for what programs share; may be repeated',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .addHelpText('after', '\nExample:\n  $ npx paymesh keys --config policies')
    .action(async ({ config, secret }: KeysOptions) => {
      const made = [...createMissingKeys(await readPolicies(config)), ...createMissingSecrets(secret)];
      for (const path of made) print(path);
    });
}
