import { stat } from 'node:fs/promises';

import { createReplay, parseLogLine } from '@paymesh/rate-limiter';
import { Command } from 'commander';

import { openRules, printReplay, readLines } from '../limits/index.ts';
import { CommandError, EXIT, print, printError } from '../output/index.ts';
import { showProgress } from './audit-progress.ts';

interface ReplayFlags {
  readonly config: string;
  readonly before?: string;
  readonly mergeDomains: boolean;
  readonly json: boolean;
}

/** Lines that cannot be read and are told one by one. */
const MAX_TOLD = 5;

/** `paymesh limits replay FILE`: what rules would do to a log of requests. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('Run a log of requests through rules and tell what would change, by rule and by key.')
    .argument('<file>', 'log, one JSON object a line; - is standard input')
    .option('--config <dir>', 'folder of the new rules', 'policies')
    .option('--before <dir>', 'folder of rules to hold them against; default: "over" of the lines')
    .option('--merge-domains', 'files of one domain are put together instead of refused', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
A line is {"time": RFC 3339 or Unix seconds, "domain": "shop", "descriptors": [{"entries": {"tenant": "acme"}, "hits": 1}],
"over": false}; hits and over may be left out. Counters are in memory and follow the times of the log. What is under way ends when
its hold_seconds are over, for a log does not tell of ends. Lines that cannot be read are told of; where all are such, the exit code is 1.
Examples:
  $ npx paymesh limits replay requests.jsonl --config new-rules --before old-rules
  $ zcat requests.jsonl.gz | npx paymesh limits replay - --config new-rules --json`,
    )
    .action(async (file: string, flags: ReplayFlags) => {
      const { report, unreadable } = await replay(file, flags);
      if (flags.json) print(JSON.stringify({ schemaVersion: 1, unreadable, ...report }, null, 2));
      else print(printReplay(report, unreadable));
      if (unreadable > 0 && report.requests === 0) process.exitCode = EXIT.failed;
    });
}

async function replay(file: string, { config, before, mergeDomains }: ReplayFlags) {
  const run = createReplay({
    rules: await openRules(config, mergeDomains),
    before: before === undefined ? undefined : await openRules(before, mergeDomains),
  });
  const progress = showProgress(process.stderr, await sizeOf(file));
  let bytes = 0;
  let lines = 0;
  let unreadable = 0;
  try {
    for await (const text of readLines(file, (more) => (bytes += more))) {
      lines += 1;
      if (text?.trim() === '') continue;
      const parsed = text === undefined ? TOO_LONG : parseLogLine(text);
      if (parsed.kind === 'ok') await run.add(parsed.line);
      else {
        unreadable += 1;
        if (unreadable <= MAX_TOLD) printError(`${file}:${lines}: ${parsed.message}`);
      }
      progress.show(bytes, lines);
    }
  } finally {
    progress.clear();
  }
  return { report: run.report(), unreadable };
}

const TOO_LONG = { kind: 'error', message: 'the line is too long' } as const;

async function sizeOf(file: string): Promise<number | undefined> {
  if (file === '-') return undefined;
  const found = await stat(file).catch((error: unknown) => {
    throw new CommandError(`cannot read ${file}`, undefined, { cause: error });
  });
  if (found.isDirectory())
    throw new CommandError(`cannot read ${file}: it is a folder, and a log is expected`);
  return found.size;
}
