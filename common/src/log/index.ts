import { type DestinationStream, type Logger, pino } from 'pino';

import { stdoutDestination } from './stdout.ts';

export type { Logger } from 'pino';

/** The levels a logger knows; `silent` prints nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LogOptions {
  /** Name of the program, on every line. */
  readonly service: string;
  /** Lines below it are dropped. Default `info`. */
  readonly level?: LogLevel;
  /** Where lines go. Default standard output. */
  readonly destination?: DestinationStream;
}

/** A logger that writes one JSON object a line: level, time (ISO 8601), service, msg, data. */
export function createLogger({ service, level = 'info', destination }: LogOptions): Logger {
  const options = {
    base: { service },
    level,
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return pino(options, destination ?? stdoutDestination());
}
