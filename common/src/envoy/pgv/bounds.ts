import { type Check, fail } from './violation.ts';

/** The four bounds that numbers, durations and timestamps share. */
export interface Bounds<T> {
  readonly lt?: T;
  readonly lte?: T;
  readonly gt?: T;
  readonly gte?: T;
}

interface Bound<T> {
  readonly rule: string;
  readonly words: string;
  readonly limit: T;
  readonly isBroken: (value: T) => boolean;
}

/**
 * Checks of a range. An upper bound above the lower one asks for a value between them;
 * otherwise the two exclude what lies between, and the value must be outside.
 * A NaN breaks no bound, as in protoc-gen-validate.
 */
export function boundChecks<T extends number | bigint>(
  family: string,
  bounds: Bounds<T>,
  print: (value: T) => string,
): readonly Check<T>[] {
  const upper = upperBound(bounds, print);
  const lower = lowerBound(bounds, print);
  if (upper !== undefined && lower !== undefined && upper.limit <= lower.limit) {
    return [
      (value, run) => {
        if (upper.isBroken(value) && lower.isBroken(value)) {
          fail(
            run,
            `${family}.${lower.rule}`,
            `must be ${upper.words} or ${lower.words}${got(value, print)}`,
          );
        }
      },
    ];
  }
  return [lower, upper]
    .filter((bound) => bound !== undefined)
    .map((bound) => (value, run) => {
      if (bound.isBroken(value)) {
        fail(run, `${family}.${bound.rule}`, `must be ${bound.words}${got(value, print)}`);
      }
    });
}

function upperBound<T extends number | bigint>(
  { lt, lte }: Bounds<T>,
  print: (value: T) => string,
): Bound<T> | undefined {
  if (lt !== undefined) {
    return { rule: 'lt', words: `below ${print(lt)}`, limit: lt, isBroken: (value) => value >= lt };
  }
  if (lte === undefined) return undefined;
  return { rule: 'lte', words: `at most ${print(lte)}`, limit: lte, isBroken: (value) => value > lte };
}

function lowerBound<T extends number | bigint>(
  { gt, gte }: Bounds<T>,
  print: (value: T) => string,
): Bound<T> | undefined {
  if (gt !== undefined) {
    return { rule: 'gt', words: `above ${print(gt)}`, limit: gt, isBroken: (value) => value <= gt };
  }
  if (gte === undefined) return undefined;
  return { rule: 'gte', words: `at least ${print(gte)}`, limit: gte, isBroken: (value) => value < gte };
}

function got<T>(value: T, print: (value: T) => string): string {
  return `; it is ${print(value)}`;
}
