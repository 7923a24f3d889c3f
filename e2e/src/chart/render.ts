import { fileURLToPath } from 'node:url';

import { renderChart } from '@paymesh/cli';

/** Folder of package.json. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Renders the chart as release `mesh` in namespace `pay`. Throws a CommandError with what helm says. */
export function render(helm: string, values: readonly string[], flags: readonly string[] = []): string {
  return renderChart({ helm, name: 'mesh', namespace: 'pay', values, flags });
}
