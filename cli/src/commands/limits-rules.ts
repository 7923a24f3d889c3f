import { explainMatch, loadRules } from '@paymesh/rate-limiter';
import { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { entriesOf, explanationJson, openRules, printExplanation } from '../limits/index.ts';
import { CommandError, EXIT, print, wantsColor } from '../output/index.ts';
import { plural, printFindings, readPolicyFiles } from '../policies/index.ts';

interface RulesOptions {
  readonly mergeDomains: boolean;
  readonly json: boolean;
}

/** `paymesh limits check DIR`: every finding of a folder of rules in one run. */
export function checkCommand({ env }: CommandContext): Command {
  return new Command('check')
    .description('Check rules; prints every finding with file, line and column.')
    .argument('<dir>', 'folder of RateLimitPolicies, of envoyproxy/ratelimit YAML files, or of both')
    .option('--merge-domains', 'files of one domain are put together instead of refused', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
Ends with 0 when a rate limiter would take the rules, with 2 when not, with 1 when the folder cannot be read.
Examples:
  $ npx paymesh limits check policies
  $ npx paymesh limits check ratelimit-config --merge-domains --json`,
    )
    .action(async (dir: string, { mergeDomains, json }: RulesOptions) => {
      const files = await readPolicyFiles(dir);
      const loaded = loadRules(files, { mergesDomains: mergeDomains });
      const domains = loaded.kind === 'loaded' ? loaded.rules.specs.map(({ domain }) => domain) : [];
      const { findings } = loaded;
      if (json) print(JSON.stringify({ schemaVersion: 1, domains, findings }, null, 2));
      else {
        print(printFindings(findings, files, { color: wantsColor(process.stdout, env) }));
        print(`${plural(domains.length, 'domain')} in ${plural(files.length, 'file')}`);
      }
      process.exitCode = loaded.kind === 'loaded' ? EXIT.ok : EXIT.findings;
    });
}

type ExplainOptions = RulesOptions & { readonly config: string };

/** `paymesh limits explain DOMAIN k=v ...`: which rule a descriptor meets, and why no other. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Tell which rule a descriptor meets, why, and which were passed over.')
    .argument('<domain>', 'domain of the descriptor; that of policies is "paymesh"')
    .argument('<entries...>', 'entries of the descriptor in order, as key=value')
    .option('--config <dir>', 'folder of rules', 'policies')
    .option('--merge-domains', 'files of one domain are put together instead of refused', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText(
      'after',
      `
Ends with 0 when a limit applies, with 1 when none does.
Examples:
  $ npx paymesh limits explain shop tenant=acme path=/pay --config ratelimit-config
  $ npx paymesh limits explain paymesh policy=pay/per-merchant limit=merchant-burst principal=m-1 --json`,
    )
    .action(async (domain: string, texts: readonly string[], options: ExplainOptions) => {
      const entries = entriesOf(texts);
      const rules = await openRules(options.config, options.mergeDomains);
      const spec = rules.specs.find((one) => one.domain === domain);
      if (spec === undefined) {
        const known = rules.specs.map((one) => one.domain).join(', ');
        throw new CommandError(`no domain "${domain}" in ${options.config}; there are: ${known}`);
      }
      const explanation = explainMatch(spec.nodes, entries);
      if (options.json) print(JSON.stringify({ schemaVersion: 1, ...explanationJson(explanation) }, null, 2));
      else print(printExplanation(explanation));
      process.exitCode = explanation.match === undefined ? EXIT.failed : EXIT.ok;
    });
}
