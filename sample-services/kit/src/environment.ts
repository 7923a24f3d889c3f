import type { HostPort } from '@paymesh/common/config';
import type { LogLevel } from '@paymesh/common/log';

/** What `paymesh up` tells every program through its environment. */
export interface Environment {
  readonly listen: HostPort;
  /** Where calls to other services go: the outbound listener of the sidecar. */
  readonly outboundUrl: string;
  /** Name of the workload. */
  readonly instance: string;
  readonly logLevel: LogLevel;
}

/** The environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads HOST (127.0.0.1), PORT (0), OUTBOUND_URL (http://127.0.0.1:80), INSTANCE (`fallback`), LOG_LEVEL (info). */
export function readEnvironment(variables: Variables, fallback: string): Environment {
  const outboundUrl = variables['OUTBOUND_URL'] ?? 'http://127.0.0.1:80';
  if (!URL.canParse(outboundUrl)) throw new Error(`OUTBOUND_URL must be a URL; got "${outboundUrl}"`);
  return {
    listen: {
      host: variables['HOST'] ?? '127.0.0.1',
      port: wholeNumber(variables, 'PORT', { fallback: 0, max: 65_535 }),
    },
    outboundUrl,
    instance: variables['INSTANCE'] ?? fallback,
    logLevel: readLevel(variables['LOG_LEVEL'] ?? 'info'),
  };
}

/** Reads a whole number from 0 to `max`; throws an Error that names the variable. */
export function wholeNumber(
  variables: Variables,
  name: string,
  { fallback, max }: { readonly fallback: number; readonly max: number },
): number {
  const text = variables[name];
  if (text === undefined) return fallback;
  if (/^\d{1,15}$/.test(text) && Number(text) <= max) return Number(text);
  throw new Error(`${name} must be a whole number from 0 to ${max}; got "${text}"`);
}

/** The value of a variable; throws an Error that names it where it is not set. */
export function required(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '') throw new Error(`${name} must be set`);
  return value;
}

function readLevel(text: string): LogLevel {
  const level = LEVELS.find((known) => known === text);
  if (level === undefined) throw new Error(`LOG_LEVEL must be one of ${LEVELS.join(', ')}; got "${text}"`);
  return level;
}
