import type { Denial } from '../decision/index.ts';

/** What a client gets of a denial besides the status. */
export interface Refusal {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Makes the words of a refusal. Nothing in it tells more than the denial does. */
export type RefusalWriter = (denial: Denial, requestId: string) => Refusal;
