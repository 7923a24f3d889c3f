import { createProgressLine } from '../output/index.ts';

/** Progress of reading, on one line of a terminal. */
export interface Progress {
  readonly show: (bytes: number, lines: number) => void;
  /** Removes the line. */
  readonly clear: () => void;
}

/** Shows how far reading came, twice a second; nothing where the screen is no terminal. */
export function showProgress(
  screen: Parameters<typeof createProgressLine>[0],
  totalBytes: number | undefined,
  everyMs?: number,
): Progress {
  const line = createProgressLine(screen, everyMs);
  return {
    show: (bytes, lines) => line.show(() => `${partOf(bytes, totalBytes)}, ${lines} lines`),
    clear: () => line.clear(),
  };
}

function partOf(bytes: number, totalBytes: number | undefined): string {
  if (totalBytes === undefined || totalBytes === 0) return `${Math.floor(bytes / 1_048_576)} MiB`;
  return `${Math.min(Math.floor((bytes / totalBytes) * 100), 100)} %`;
}
