import type { StageTiming } from '../decision/index.ts';
import type { Evidence, Refused, Stage } from './stage.ts';

export interface NamedStage {
  readonly name: string;
  readonly stage: Stage;
}

/** How far a request came. Passed: every stage said so. A stage that throws or rejects is `broken`, which denies. */
export interface StagesRun {
  readonly result:
    | { readonly kind: 'passed' }
    | Refused
    | { readonly kind: 'broken'; readonly error: unknown };
  readonly evidence: Evidence;
  readonly timings: readonly StageTiming[];
}

const PASSED = { kind: 'passed' } as const;
const MICROS_PER_MS = 1_000;

/** Runs the stages in order until one denies; waits only where a stage gives a promise. Never throws or rejects. */
export function runStages(stages: readonly NamedStage[], evidence: Evidence): StagesRun | Promise<StagesRun> {
  const timings: StageTiming[] = [];
  let startedMs = performance.now();
  return runFrom(0);

  function runFrom(first: number): StagesRun | Promise<StagesRun> {
    try {
      for (let index = first; index < stages.length; index += 1) {
        const result = stages[index]?.stage(evidence);
        if (result instanceof Promise) return goOn(index, result);
        note(index);
        if (result?.kind !== 'pass') return { result: refusal(result), evidence, timings };
      }
      return { result: PASSED, evidence, timings };
    } catch (error) {
      return { result: { kind: 'broken', error }, evidence, timings };
    }
  }

  async function goOn(index: number, pending: ReturnType<Stage>): Promise<StagesRun> {
    try {
      const result = await pending;
      note(index);
      return result.kind === 'pass'
        ? await runFrom(index + 1)
        : { result: refusal(result), evidence, timings };
    } catch (error) {
      return { result: { kind: 'broken', error }, evidence, timings };
    }
  }

  function note(index: number): void {
    const nowMs = performance.now();
    timings.push({
      stage: stages[index]?.name ?? '',
      micros: Math.round((nowMs - startedMs) * MICROS_PER_MS),
    });
    startedMs = nowMs;
  }
}

/** A stage that says neither yes nor no has said no. */
function refusal(result: Refused | undefined): StagesRun['result'] {
  return result?.kind === 'deny' ? result : { kind: 'broken', error: new Error('a stage said nothing') };
}
