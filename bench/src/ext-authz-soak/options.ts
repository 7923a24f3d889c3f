import { parseArgs } from 'node:util';

import { CommandError } from '@paymesh/e2e';

/** What a soak is asked for on the command line. */
export interface Options {
  readonly checks: number;
  readonly seed: number;
}

const DEFAULT_CHECKS = 1_000_000;
const NUMBER = /^[1-9]\d{0,9}$/;

/** Reads `[--checks N] [--seed S]`; throws a sentence. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  return {
    checks: numberOf('checks', values.checks ?? String(DEFAULT_CHECKS)),
    seed: numberOf('seed', values.seed ?? '1'),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { checks: { type: 'string' }, seed: { type: 'string' } } });
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), 3);
  }
}

function numberOf(name: string, text: string): number {
  if (!NUMBER.test(text))
    throw new CommandError(`--${name} takes a number from 1 to 9999999999; got "${text}"`, 3);
  return Number(text);
}
