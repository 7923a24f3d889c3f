import type { StageTiming } from '../decision/index.ts';
import type { Evidence, Stage, StageResult } from './stage.ts';

export interface NamedStage {
  readonly name: string;
  readonly stage: Stage;
}

/** How far a request came. A stage that throws or rejects ends it as `broken`, which denies. */
export interface StagesRun {
  readonly result: StageResult | { readonly kind: 'broken'; readonly error: unknown };
  readonly timings: readonly StageTiming[];
}

const MICROS_PER_MS = 1_000;

/** Runs the stages in order until one denies; waits only where a stage gives a promise. Never throws or rejects. */
export function runStages(stages: readonly NamedStage[], start: Evidence): StagesRun | Promise<StagesRun> {
  const timings: StageTiming[] = [];
  return runFrom(0, start);

  function runFrom(first: number, from: Evidence): StagesRun | Promise<StagesRun> {
    let evidence = from;
    for (let index = first; index < stages.length; index += 1) {
      const startedMs = performance.now();
      const result = runStage(index, evidence);
      if (result instanceof Promise) return goOn(index, result, startedMs);
      note(index, startedMs);
      if (result.kind !== 'pass') return { result, timings };
      evidence = result.evidence;
    }
    return { result: { kind: 'pass', evidence }, timings };
  }

  function runStage(index: number, evidence: Evidence): StagesRun['result'] | Promise<StageResult> {
    try {
      return stages[index]?.stage(evidence) ?? { kind: 'deny', reason: 'internal_error' };
    } catch (error) {
      return { kind: 'broken', error };
    }
  }

  async function goOn(index: number, pending: Promise<StageResult>, startedMs: number): Promise<StagesRun> {
    try {
      const result = await pending;
      note(index, startedMs);
      return result.kind === 'pass' ? await runFrom(index + 1, result.evidence) : { result, timings };
    } catch (error) {
      return { result: { kind: 'broken', error }, timings };
    }
  }

  function note(index: number, startedMs: number): void {
    const micros = Math.round((performance.now() - startedMs) * MICROS_PER_MS);
    timings.push({ stage: stages[index]?.name ?? '', micros });
  }
}
