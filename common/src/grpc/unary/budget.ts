/** A bound on bytes that several calls hold together. */
export interface Budget {
  /** False when there is no room for them; then nothing is taken. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** A budget of so many bytes. */
export function createBudget(maxBytes: number): Budget {
  let taken = 0;
  return {
    take: (bytes) => {
      if (taken + bytes > maxBytes) return false;
      taken += bytes;
      return true;
    },
    giveBack: (bytes) => {
      taken -= bytes;
    },
  };
}
