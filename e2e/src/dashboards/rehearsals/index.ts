import { breakers } from './breakers.ts';
import { certificate } from './certificate.ts';
import { nack } from './nack.ts';
import { providersFailing } from './providers-failing.ts';
import type { Rehearsal } from './rehearsal.ts';
import { storeDown } from './store-down.ts';
import { stuckProxy } from './stuck-proxy.ts';
import { trial } from './trial.ts';

export type { Stage } from './rehearsal.ts';

/** What the scenarios do not break, in the order in which it is run after them. */
export const rehearsals: readonly Rehearsal[] = [
  certificate,
  trial,
  nack,
  stuckProxy,
  breakers,
  providersFailing,
  storeDown,
];
