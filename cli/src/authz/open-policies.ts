import { type DryRun, openDryRun } from '@paymesh/ext-authz';

import { CommandError, EXIT } from '../output/index.ts';

/** The signing policies of a folder, as ext-authz would load them; throws a CommandError with the findings. */
export async function openPolicies(
  configDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DryRun> {
  return openDryRun({ configDir, env }).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error), EXIT.findings);
  });
}
