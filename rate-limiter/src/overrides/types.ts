import type { Entry } from '../match/index.ts';

/** Another limit for some descriptors of one rule, such as those of a tenant. It changes how much, not how it is measured. */
export interface Override {
  readonly domain: string;
  /** Label of the rule, as the admin port shows it. */
  readonly label: string;
  /** All of them are in the descriptors that are meant, in any order. At least one. */
  readonly entries: readonly Entry[];
  /** Stands in for the requests of the rule; 0 lets nothing pass. */
  readonly requests: number;
  /** Unix milliseconds from which on it is void. Absent: it holds until it is removed. */
  readonly untilMs?: number;
}

/** Which descriptors an override is for: there is one of each. */
export type OverrideTarget = Pick<Override, 'domain' | 'label' | 'entries'>;
