interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Progress on one line of a terminal. */
export interface Progress {
  readonly show: (bytes: number, lines: number) => void;
  /** Removes the line. */
  readonly clear: () => void;
}

const EVERY_MS = 500;
const ERASE_LINE = '\r\u001b[K';

/** Shows how far reading came, twice a second; nothing where the screen is no terminal. */
export function showProgress(screen: Screen, totalBytes: number | undefined, everyMs = EVERY_MS): Progress {
  let lastMs = performance.now();
  let isShown = false;
  return {
    show: (bytes, lines) => {
      if (!screen.isTTY || performance.now() - lastMs < everyMs) return;
      lastMs = performance.now();
      isShown = true;
      screen.write(`${ERASE_LINE}${partOf(bytes, totalBytes)}, ${lines} lines`);
    },
    clear: () => {
      if (isShown) screen.write(ERASE_LINE);
    },
  };
}

function partOf(bytes: number, totalBytes: number | undefined): string {
  if (totalBytes === undefined || totalBytes === 0) return `${Math.floor(bytes / 1_048_576)} MiB`;
  return `${Math.min(Math.floor((bytes / totalBytes) * 100), 100)} %`;
}
