import { Command } from 'commander';

import { loadCommands } from './commands/index.ts';
import type { CommandContext } from './context.ts';

/**
 * The command line, with the command of that name only; with all of them where there is none. `env` is the
 * environment: read here and handed on.
 */
export async function buildProgram(env: CommandContext['env'], name?: string): Promise<Command> {
  const program = new Command('paymesh')
    .description('A policy control plane and two policy services for Envoy, made for payments.')
    .version('0.1.0')
    .showHelpAfterError('(--help tells more)')
    .addHelpText(
      'after',
      `
Exit codes: 0 ok, 1 failed, 2 findings in policies, 3 wrong usage, 4 control plane not reached,
5 a proxy refused its configuration.

Examples:
  $ npm run demo                                    # a whole mesh on this machine
  $ npx paymesh validate policies                   # all findings at once
  $ npx paymesh effective --route pay/charge        # what holds, who enforces it, where it was typed
  $ npx paymesh proxy status                        # what each Envoy runs
  $ npx paymesh sign --curl -X GET http://127.0.0.1:10000/v1/payments/123`,
    );
  for (const command of await loadCommands(name, { env })) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}
