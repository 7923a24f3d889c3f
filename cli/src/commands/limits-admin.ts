import { formatHostPort } from '@paymesh/common/config';
import { type Command, Option } from 'commander';

import { type LimiterAdmin, limiterAdmin } from '../limits/index.ts';
import { hostPort } from './arguments.ts';
import { readToken } from './read-token.ts';

/** Options of every command that asks a running rate limiter. */
export interface AdminFlags {
  readonly admin: string;
  readonly tokenFile?: string;
  readonly json: boolean;
}

/** Adds those options. */
export function withAdminOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--admin <host:port>', "the rate limiter's admin port")
        .env('PAYMESH_RATE_LIMITER_ADMIN')
        .argParser((text) => formatHostPort(hostPort(text)))
        .default('127.0.0.1:18021'),
    )
    .addOption(
      new Option(
        '--token-file <file>',
        'token of that port, where it was started with --admin-token-file',
      ).env('PAYMESH_RATE_LIMITER_ADMIN_TOKEN_FILE'),
    )
    .option('--json', 'print one JSON object', false);
}

/** The rate limiter that the options name. */
export function adminOf({ admin, tokenFile }: AdminFlags): LimiterAdmin {
  return limiterAdmin(admin, tokenFile === undefined ? undefined : readToken(tokenFile, '--token-file'));
}
