import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './render.ts';

const IN = join(root, 'helm/testdata/in');

/** Values with which the chart is held against goldens and clusters: a name, files, flags of helm. */
export const CHART_CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ...readdirSync(IN).map((file) => [file.replace('.yaml', ''), [join(IN, file)], []] as const),
  ['size-small', [join(root, 'helm/paymesh/values-small.yaml')], []],
  ['size-medium', [join(root, 'helm/paymesh/values-medium.yaml')], []],
  ['size-large', [join(root, 'helm/paymesh/values-large.yaml')], ['--set', 'redis.existingSecret=redis-url']],
];
