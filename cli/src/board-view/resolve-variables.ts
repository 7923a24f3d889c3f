import type { BoardVariable } from './board.ts';
import { interpolateQuery, type VariableValue, type VariableValues } from './interpolate.ts';
import type { Prometheus } from './prometheus.ts';
import type { TimeRange } from './time-range.ts';

export interface ResolveInput {
  readonly variables: readonly BoardVariable[];
  /** What was chosen on the command line, by name. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  /** Variables that queries may name besides. */
  readonly builtIn: VariableValues;
  readonly prometheus: Pick<Prometheus, 'labelValues'>;
  readonly range: TimeRange;
  /** What a datasource is called on the page. */
  readonly datasource: string;
}

/** Values that "all" may stand for; more make a pattern that Prometheus refuses. */
const MAX_VALUES = 1_000;
const ALL = '$__all';

/** A query of a variable that is not understood; the message says how to go on. */
export class VariableError extends Error {}

/** Gives every variable its values, in the order of the board: later queries may name earlier variables. */
export async function resolveVariables(input: ResolveInput): Promise<VariableValues> {
  const values = new Map(input.builtIn);
  for (const variable of input.variables) values.set(variable.name, await resolve(variable, values, input));
  return values;
}

async function resolve(
  variable: BoardVariable,
  known: VariableValues,
  input: ResolveInput,
): Promise<VariableValue> {
  const { name, source, isMulti, all } = variable;
  if (source.kind === 'datasource') return { values: [input.datasource], isMulti: false };
  const picked = input.chosen.get(name) ?? variable.chosen;
  const wantsAll = picked.includes(ALL) || picked.includes('All');
  if (picked.length > 0 && !wantsAll) return { values: picked, isMulti };
  if (wantsAll && all !== undefined) return { values: [all], isMulti, isRaw: true };
  const found =
    source.kind === 'values'
      ? source.values
      : filtered(name, await ask(name, interpolateQuery(source.query, known), input), source.filter);
  return { values: found.slice(0, wantsAll ? MAX_VALUES : 1), isMulti };
}

function ask(name: string, query: string, { prometheus, range }: ResolveInput): Promise<readonly string[]> {
  const parsed = /^\s*label_values\(\s*(?:(.+?)\s*,\s*)?([a-zA-Z_]\w*)\s*\)\s*$/s.exec(query);
  if (parsed === null) {
    throw new VariableError(
      `variable "${name}" asks "${query}", and only label_values(...) is understood: choose with --var ${name}=VALUE`,
    );
  }
  const [, selector, label = ''] = parsed;
  return prometheus.labelValues(label, selector, range);
}

/** Keeps what the pattern of a variable fits, and of it the first group where there is one. */
function filtered(name: string, values: readonly string[], filter: string): readonly string[] {
  if (filter === '') return values;
  const pattern = patternOf(name, filter);
  const kept = values.flatMap((value) => {
    const match = pattern.exec(value);
    return match === null ? [] : [match[1] ?? match[0]];
  });
  return [...new Set(kept)];
}

/** `/pattern/flags`, or a pattern that fits the whole value. */
function patternOf(name: string, filter: string): RegExp {
  const [, body, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(filter) ?? [];
  try {
    return new RegExp(body ?? `^(?:${filter})$`, flags.replace('g', ''));
  } catch (error) {
    throw new VariableError(`variable "${name}" has a "regex" that is no pattern: ${filter}`, {
      cause: error,
    });
  }
}
