import { readFileSync } from 'node:fs';

import { Secret } from '@paymesh/common/secret';

import type { Variables } from './environment.ts';

/** The text in the file that a variable names, without white space around it; undefined where the variable is not set. */
export function readSecretFile(variables: Variables, name: string): Secret | undefined {
  const path = variables[name];
  return path === undefined ? undefined : new Secret(Buffer.from(readFileSync(path, 'utf8').trim()));
}
