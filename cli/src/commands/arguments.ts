import { type HostPort, parseHostPort } from '@paymesh/common/config';
import { InvalidArgumentError } from 'commander';

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

/** Reads the URL of a Redis for an option. The text is not repeated: it may hold a password. */
export function redisUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if ((url?.protocol === 'redis:' || url?.protocol === 'rediss:') && url.hostname !== '') return text;
  throw new InvalidArgumentError('expected a URL such as redis://127.0.0.1:6379');
}
