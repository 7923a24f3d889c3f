import type { Running } from '@paymesh/common/lifecycle';

import { compileMesh } from './compiler/index.ts';
import { policyFolder } from './policy-folder.ts';
import { createSnapshotBuilder } from './snapshot/index.ts';
import { type ControlPlaneOptions, startFromFolder } from './start-from-folder.ts';

/** Starts the control plane; rejects with all findings when the folder has errors. */
export function startControlPlane(options: ControlPlaneOptions): Promise<Running> {
  return startFromFolder(options, {
    folder: policyFolder(options.configDir),
    pipeline: { compile: compileMesh, build: createSnapshotBuilder() },
  });
}
