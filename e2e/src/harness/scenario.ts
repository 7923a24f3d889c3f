import type { ScenarioMesh } from './mesh.ts';

/** What a scenario found out: a verdict, the figures behind it, and why it failed. */
export interface Verdict {
  readonly ok: boolean;
  readonly measured: Readonly<Record<string, number | string | boolean>>;
  /** Present when not ok: every expectation that did not hold. */
  readonly why?: string;
}

/** One story about the mesh, told with real processes; it leaves the mesh as it found it. */
export interface Scenario {
  readonly name: string;
  /** What is done and what must come of it, in one line. */
  readonly summary: string;
  run(mesh: ScenarioMesh): Promise<Verdict>;
}

/** Collects expectations, so that a failed scenario tells everything that was wrong at once. */
export interface Expectations {
  /** Notes a figure for the verdict. */
  readonly measure: (name: string, value: number | string | boolean) => void;
  /** Notes what must hold; `what` says it for people. */
  readonly expect: (holds: boolean, what: string) => void;
  readonly verdict: () => Verdict;
}

/** Starts with nothing measured and nothing expected. */
export function createExpectations(): Expectations {
  const measured: Record<string, number | string | boolean> = {};
  const broken: string[] = [];
  return {
    measure: (name, value) => {
      measured[name] = typeof value === 'number' ? Math.round(value * 100) / 100 : value;
    },
    expect: (holds, what) => {
      if (!holds) broken.push(what);
    },
    verdict: () =>
      broken.length === 0 ? { ok: true, measured } : { ok: false, measured, why: broken.join('; ') },
  };
}
