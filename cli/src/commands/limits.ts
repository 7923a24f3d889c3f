import { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { grantCommand, resetCommand, showCommand } from './limits-counters.ts';
import { overrideCommand } from './limits-override.ts';
import { replayCommand } from './limits-replay.ts';
import { checkCommand, explainCommand } from './limits-rules.ts';

/** `paymesh limits`: rules of rate limits without a service, and the counters of a running one. */
export function limitsCommand(context: CommandContext): Command {
  return new Command('limits')
    .description('Rules of rate limits without a service, and the counters of a running rate limiter.')
    .addCommand(checkCommand(context))
    .addCommand(explainCommand())
    .addCommand(replayCommand())
    .addCommand(showCommand())
    .addCommand(resetCommand())
    .addCommand(grantCommand())
    .addCommand(overrideCommand());
}
