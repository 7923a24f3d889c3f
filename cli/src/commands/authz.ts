import { dirname, resolve } from 'node:path';

import { readCaptured, readTable, runTable, type TableRun } from '@paymesh/ext-authz';
import { Command } from 'commander';

import { openPolicies, printCoverage, printJudgement, printResults } from '../authz/index.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT, print, printError, wantsColor } from '../output/index.ts';
import { findingsError } from '../policies/index.ts';
import { readBytes, unixMs } from './request-arguments.ts';

/** `paymesh authz`: what ext-authz would decide, without a service. */
export function authzCommand(context: CommandContext): Command {
  return new Command('authz')
    .description('Try signing policies without a service.')
    .addCommand(explainCommand(context))
    .addCommand(testCommand(context));
}

interface ExplainOptions {
  readonly config: string;
  readonly now?: string;
  readonly base?: string;
}

function explainCommand({ env }: CommandContext): Command {
  return new Command('explain')
    .description(
      'Decide on a captured CheckRequest and tell why, stage by stage, with the text to be signed.',
    )
    .argument('<file>', 'CheckRequest as protobuf JSON or bytes')
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option('--now <seconds>', 'unix time to judge at, as when it was captured; default: now')
    .option('--base <file>', 'text that the client signed: shows the first byte that differs from ours')
    .addHelpText(
      'after',
      `
Ends with 0 when the request is allowed, with 1 when it is denied.
Examples:
  $ npx paymesh authz explain check.json --now 1767225600
  $ npx paymesh authz explain check.bin --base what-the-client-signed.txt`,
    )
    .action(async (file: string, options: ExplainOptions) => {
      const captured = readCaptured(readBytes(file, 'the CheckRequest'));
      if (captured.kind === 'bad') throw new CommandError(`${file}: ${captured.why}`);
      const dryRun = await openPolicies(options.config, env);
      const theirs = options.base === undefined ? undefined : readBytes(options.base, 'the signed text');
      const judgement = await dryRun.judge(captured.message, unixMs(options.now, '--now'));
      print(printJudgement(judgement, { theirs }));
      process.exitCode = judgement.decision.kind === 'deny' ? EXIT.failed : EXIT.ok;
    });
}

interface TestOptions {
  readonly config: string;
  readonly json: boolean;
  readonly requireCoverage: boolean;
}

function testCommand({ env }: CommandContext): Command {
  return new Command('test')
    .description(
      'Run a table of requests with the decisions that are expected, and tell which policies it covers.',
    )
    .argument('<file>', 'YAML file with a list `tests`; ext-authz/README.md tells its keys')
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option('--json', 'print the results as JSON', false)
    .option(
      '--require-coverage',
      'fail when a policy has no test that is allowed, or none that is denied',
      false,
    )
    .addHelpText(
      'after',
      `
Ends with 0 when every decision is as expected, with 1 when not, with 2 when the file has mistakes.
Examples:
  $ npx paymesh authz test policies-test/merchants.yaml
  $ npx paymesh authz test merchants.yaml --config policies --require-coverage --json`,
    )
    .action(async (file: string, options: TestOptions) => {
      const source = { path: file, text: readBytes(file, 'the tests').toString('utf8') };
      const { value, findings } = readTable(source);
      if (value === undefined) throw findingsError(findings, [source]);
      const dryRun = await openPolicies(options.config, env);
      const readPem = (path: string) =>
        readBytes(resolve(dirname(file), path), 'the private key').toString('utf8');
      const run = await runTable(value, { dryRun, nowMs: Date.now(), readPem });
      report(run, options, env);
    });
}

function report(run: TableRun, { json, requireCoverage }: TestOptions, env: CommandContext['env']): void {
  const failed = run.results.filter(({ isAsExpected }) => !isAsExpected).length;
  const uncovered = run.coverage.filter(({ allows, denies }) => allows === 0 || denies === 0);
  if (json) print(JSON.stringify({ schemaVersion: 1, ...run }, null, 2));
  else {
    print(printResults(run.results, { color: wantsColor(process.stdout, env) }));
    print(printCoverage(run.coverage));
  }
  if (requireCoverage && uncovered.length > 0)
    printError(`not covered: ${uncovered.map(({ policy }) => policy).join(', ')}`);
  process.exitCode = failed > 0 || (requireCoverage && uncovered.length > 0) ? EXIT.failed : EXIT.ok;
}
