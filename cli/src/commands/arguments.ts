import { type HostPort, parseHostPort, parseRedisUrl } from '@paymesh/common/config';
import { InvalidArgumentError, type Option } from 'commander';

import { CommandError, EXIT } from '../output/index.ts';

/** Makes an option that may be set in the environment too, by the rest of the name of its variable. */
export type MakeOption = (flags: string, help: string, variable: string) => Option;

/** Reads HOST:PORT for an option; a mistake is wrong usage, told with the option's name. */
export function hostPort(text: string): HostPort {
  try {
    return parseHostPort(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads a whole number of at least 0 for an option. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a whole number, 0 or more');
}

/** Reads the URL of a Redis, sentinels or a cluster for an option. */
export function redisUrl(text: string): string {
  const parsed = parseRedisUrl(text);
  if (parsed.kind === 'target') return text;
  // Not an InvalidArgumentError, whose text repeats the value: it may hold a password.
  throw new CommandError(`--redis: ${parsed.message}`, EXIT.usage);
}

/** Reads a whole number from 1 to `max` for an option. */
export function countUpTo(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d{1,12}$/.test(text) && count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`expected a whole number from 1 to ${max}`);
  };
}
