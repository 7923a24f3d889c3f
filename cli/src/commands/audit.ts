import { stat } from 'node:fs/promises';

import { readChainKey, type VerifyReport, verifyAuditFiles } from '@paymesh/ext-authz';
import { Command, InvalidArgumentError } from 'commander';

import { CommandError, EXIT, print } from '../output/index.ts';
import { plural } from '../policies/index.ts';
import { showProgress } from './audit-progress.ts';

interface VerifyFlags {
  readonly key?: string;
  readonly head?: string;
  readonly json?: boolean;
}

/** `paymesh audit verify`: whether a chained decision log is as it was written. */
export function auditCommand(): Command {
  return new Command('audit').description('The decision log of ext-authz.').addCommand(
    new Command('verify')
      .description('Follow the chain of a decision log (--audit-chain); says where it breaks.')
      .argument('<file...>', 'decision log, rotated files with the oldest first; - is standard input')
      .option('--key <file>', 'key of the chain, as given with --audit-chain-key')
      .option('--head <hash>', 'hash that was once the last: without it, a cut end is not seen', hash)
      .option('--json', 'print one JSON object')
      .addHelpText(
        'after',
        `
Prints the hash of the last record: keep it elsewhere, and give it with --head next time.

Examples:
  $ npx paymesh audit verify audit.log
  $ npx paymesh audit verify audit.log.2 audit.log.1 audit.log --key audit.key
  $ zcat audit.log.3.gz | npx paymesh audit verify - --json`,
      )
      .action(async (files: readonly string[], flags: VerifyFlags) => {
        const report = await verify(files, flags);
        print(flags.json ? jsonOf(report) : textOf(report));
        process.exitCode = report.break === undefined ? EXIT.ok : EXIT.failed;
      }),
  );
}

async function verify(files: readonly string[], { key, head }: VerifyFlags): Promise<VerifyReport> {
  const progress = showProgress(process.stderr, await sizeOf(files));
  try {
    return await verifyAuditFiles({
      files,
      head,
      key: key === undefined ? undefined : await readChainKey(key),
      onProgress: progress.show,
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), undefined, {
      cause: error,
    });
  } finally {
    progress.clear();
  }
}

/** Bytes of all files; undefined where that is not known. */
async function sizeOf(files: readonly string[]): Promise<number | undefined> {
  if (files.includes('-')) return undefined;
  try {
    const found = await Promise.all(files.map((file) => stat(file)));
    return found.reduce((sum, { size }) => sum + size, 0);
  } catch (error) {
    throw new CommandError(`cannot read ${files.join(', ')}: ${String(error)}`, undefined, { cause: error });
  }
}

function textOf({ break: broken, facts, torn }: VerifyReport): string {
  const records = plural(facts.records, 'record');
  const span = facts.records === 0 ? '' : `, ${facts.firstTime ?? ''} to ${facts.lastTime ?? ''}`;
  if (broken !== undefined) {
    const before = `before it: ${records}${span}`;
    return `BROKEN ${broken.file}:${broken.line} ${broken.kind}: ${broken.message}\n${before}`;
  }
  const dropped = Object.entries(facts.dropped).map(([cause, lines]) => `${lines} ${cause}`);
  return [
    `OK ${records} (${plural(facts.decisions, 'decision')}, ${plural(facts.starts, 'start')})${span}`,
    ...(facts.firstSeq === 1
      ? []
      : [`begins with record ${facts.firstSeq ?? 0}: what is before was not looked at`]),
    ...(dropped.length === 0 ? [] : [`the log says it left out: ${dropped.join(', ')}`]),
    ...torn.map((place) => `${place} is no whole line: a process ended while it was written`),
    `head ${facts.head ?? ''}`,
  ].join('\n');
}

function jsonOf({ break: broken, facts, torn }: VerifyReport): string {
  return JSON.stringify({ schemaVersion: 1, ok: broken === undefined, break: broken, ...facts, torn });
}

function hash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('expected 64 hexadecimal digits, as "paymesh audit verify" prints them');
}
