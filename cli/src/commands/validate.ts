import { type Finding, loadPolicies } from '@paymesh/common/policy';
import { compileMesh, readJwksFiles } from '@paymesh/control-plane';
import { Command, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { EXIT, print, wantsColor } from '../output/index.ts';
import { plural, printFindings, readPolicyFiles } from '../policies/index.ts';

interface ValidateOptions {
  readonly output: 'text' | 'json';
  readonly failOn: 'error' | 'warning';
}

/** `paymesh validate DIR`: every finding of a folder of policies in one run. */
export function validateCommand({ env }: CommandContext): Command {
  return new Command('validate')
    .description('Check a folder of policies; prints every finding with file, line and column.')
    .argument('<dir>', 'folder of policy files (.yaml, .yml), sub-folders included')
    .addOption(
      new Option('-o, --output <form>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'least severity that ends with exit code 2')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ npx paymesh validate policies\n  $ npx paymesh validate policies -o json --fail-on warning',
    )
    .action(async (dir: string, options: ValidateOptions) => {
      const files = await readPolicyFiles(dir);
      const { documents, findings: found, hasErrors } = loadPolicies(files, { nowMs: Date.now() });
      // What only the whole mesh shows, as the control plane sees it.
      const merged = hasErrors ? [] : compileMesh(documents, await readJwksFiles(documents)).findings;
      const findings = [...found, ...merged];
      if (options.output === 'json') {
        print(JSON.stringify({ schemaVersion: 1, documents: documents.length, findings }, null, 2));
      } else {
        print(printFindings(findings, files, { color: wantsColor(process.stdout, env) }));
        print(`${plural(documents.length, 'document')} in ${plural(files.length, 'file')}`);
      }
      process.exitCode = isFailure(findings, options.failOn) ? EXIT.findings : EXIT.ok;
    });
}

function isFailure(findings: readonly Finding[], failOn: ValidateOptions['failOn']): boolean {
  return findings.some(({ severity }) => severity === 'error' || failOn === 'warning');
}
