interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Progress on one line of a terminal. */
export interface ProgressLine {
  /** Shows what is said, unless the last one is still new. */
  show(say: () => string): void;
  /** Removes the line. */
  clear(): void;
}

const EVERY_MS = 500;
const ERASE_LINE = '\r\u001b[K';

/** Shows how far something long came, twice a second; nothing where the screen is no terminal. */
export function createProgressLine(screen: Screen, everyMs = EVERY_MS): ProgressLine {
  let lastMs = performance.now();
  let isShown = false;
  return {
    show: (say) => {
      if (!screen.isTTY || performance.now() - lastMs < everyMs) return;
      lastMs = performance.now();
      isShown = true;
      screen.write(`${ERASE_LINE}${say()}`);
    },
    clear: () => {
      if (isShown) screen.write(ERASE_LINE);
    },
  };
}
