import { type Bounds, boundChecks } from './bounds.ts';
import { type Check, fail } from './violation.ts';

/** What the twelve number types have in common. */
export interface NumberRules<T> extends Bounds<T> {
  readonly const?: T;
  readonly in?: readonly T[];
  readonly notIn?: readonly T[];
  readonly ignoreEmpty?: boolean;
}

/** The checks of one number; `family` is the name of its type in the rules, such as `uint32`. */
export function numberCheck<T extends number | bigint>(family: string, rules: NumberRules<T>): Check<T> {
  const checks = [...boundChecks(family, rules, String), ...listChecks(family, rules)];
  return (value, run) => {
    if (rules.ignoreEmpty === true && isZero(value)) return;
    const exact = family === 'float' ? (Math.fround(Number(value)) as T) : value;
    for (const check of checks) check(exact, run);
  };
}

function listChecks<T extends number | bigint>(family: string, rules: NumberRules<T>): readonly Check<T>[] {
  const { const: constant, in: allowed = [], notIn: refused = [] } = rules;
  const checks: Check<T>[] = [];
  if (constant !== undefined) {
    checks.push((value, run) => {
      if (value !== constant) fail(run, `${family}.const`, `must be ${constant}; it is ${value}`);
    });
  }
  if (allowed.length > 0) {
    checks.push((value, run) => {
      if (!allowed.includes(value)) {
        fail(run, `${family}.in`, `must be one of ${allowed.join(', ')}; it is ${value}`);
      }
    });
  }
  if (refused.length > 0) {
    checks.push((value, run) => {
      if (refused.includes(value)) fail(run, `${family}.not_in`, `must not be ${value}`);
    });
  }
  return checks;
}

function isZero(value: number | bigint): boolean {
  return value === 0 || value === 0n;
}
