import { readOptions } from './options.ts';
import { isGood, reportLines } from './report.ts';
import { runSoak } from './run-soak.ts';

const PROGRESS_MS = 3_000;

/** `ext-authz-soak [--checks N] [--seed S]`: hostile checks through the service; exit code 1 when one answer was wrong. */
export async function benchExtAuthzSoak(print: (line: string) => void): Promise<void> {
  const { checks, seed } = readOptions(process.argv.slice(3));
  let toldMs = performance.now();
  const onProgress = (done: number) => {
    if (!process.stderr.isTTY || performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    process.stderr.write(`${done} of ${checks} checks\n`);
  };
  const result = await runSoak({ checks, seed, onProgress });
  for (const line of reportLines(result, seed)) print(line);
  if (!isGood(result)) process.exitCode = 1;
}
