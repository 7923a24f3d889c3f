import type { Override, OverrideIndex, OverrideTarget } from '../overrides/index.ts';

/** Keeps the limits of single tenants, which are changed while the service runs. */
export interface OverrideStore {
  /** Those that hold now. Costs nothing: it is asked for every request. */
  readonly current: () => OverrideIndex;
  /** Adds one, or replaces that for the same descriptors. Rejects where it could not be kept. */
  put(override: Override): Promise<void>;
  /** False where there was none. Rejects where it could not be kept. */
  remove(target: OverrideTarget): Promise<boolean>;
  close(): Promise<void>;
}

/** Most overrides at once: all are read again when one changes. */
export const MAX_OVERRIDES = 50_000;
