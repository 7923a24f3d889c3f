import type { LineSink } from '../audit/index.ts';

/** A sink that keeps its lines and has room until it is told otherwise. */
export function memorySink(lines: string[], refusal: LineSink['refusal'] = () => undefined): LineSink {
  return {
    refusal,
    push: (line) => void lines.push(`${line}\n`),
    onRotated: () => undefined,
    close: async () => ({ lines: 0, cause: 'queue_full' }),
  };
}
