import type { Entry } from '@paymesh/rate-limiter';
import { Command } from 'commander';

import { entriesOf, entriesText } from '../limits/index.ts';
import { print, table } from '../output/index.ts';
import { countUpTo } from './arguments.ts';
import { type AdminFlags, adminOf, withAdminOptions } from './limits-admin.ts';

/** What the admin port gives of counters. */
interface CountersBody {
  readonly counters: readonly {
    readonly label: string;
    readonly limit: string;
    readonly entries: readonly Entry[];
    readonly isOver: boolean;
    readonly remaining: number;
    readonly resetSeconds: number;
    readonly isOverridden: boolean;
  }[];
  /** So many keep the limit by themselves. */
  readonly proxies?: number;
}

/** Said of limits with `enforce: proxy`. */
const NOT_HERE =
  'Proxies keep this limit in quotas, which these counters do not show and reset and grant do not change';
const MOST_HITS = 4_294_967_295;

/** `paymesh limits show DOMAIN k=v ...`. */
export function showCommand(): Command {
  return targetCommand('show', 'Show the counters of a descriptor; counts nothing.')
    .addHelpText('after', '\nExample:\n  $ npx paymesh limits show shop tenant=acme')
    .action(async (domain: string, texts: readonly string[], flags: AdminFlags) => {
      const query = new URLSearchParams([['domain', domain]]);
      for (const { key, value } of entriesOf(texts)) query.append('entries', `${key}=${value}`);
      report(await adminOf(flags).call('GET', `/counters?${query.toString()}`), flags);
    });
}

/** `paymesh limits reset DOMAIN k=v ...`. */
export function resetCommand(): Command {
  return targetCommand('reset', 'Forget what the counters of a descriptor have counted.')
    .addHelpText('after', '\nExample:\n  $ npx paymesh limits reset shop tenant=acme')
    .action(async (domain: string, texts: readonly string[], flags: AdminFlags) => {
      report(await adminOf(flags).call('POST', '/reset', { domain, entries: entriesOf(texts) }), flags);
    });
}

/** `paymesh limits grant DOMAIN k=v ... --hits N`. */
export function grantCommand(): Command {
  return targetCommand('grant', 'Let so many more hits of a descriptor pass, up to its limit.')
    .requiredOption('--hits <n>', 'hits that are given back', countUpTo(MOST_HITS))
    .addHelpText(
      'after',
      `
More than the limit allows is for "limits override set ... --for SECONDS".
Example:
  $ npx paymesh limits grant shop tenant=acme --hits 100`,
    )
    .action(
      async (domain: string, texts: readonly string[], flags: AdminFlags & { readonly hits: number }) => {
        const json = { domain, entries: entriesOf(texts), hits: flags.hits };
        report(await adminOf(flags).call('POST', '/grant', json), flags);
      },
    );
}

function targetCommand(name: string, description: string): Command {
  return withAdminOptions(
    new Command(name)
      .description(description)
      .argument('<domain>', 'domain of the descriptor')
      .argument('<entries...>', 'entries of the descriptor in order, as key=value'),
  );
}

function report(body: unknown, { json }: AdminFlags): void {
  if (json) {
    print(JSON.stringify({ schemaVersion: 1, ...(body as CountersBody) }, null, 2));
    return;
  }
  const { counters, proxies = 0 } = body as CountersBody;
  const rows = counters.map((counter) => [
    counter.label,
    `${counter.limit}${counter.isOverridden ? ' (override)' : ''}`,
    counter.isOver ? 'over' : `${counter.remaining} left`,
    `${counter.resetSeconds} s`,
    entriesText(counter.entries),
  ]);
  print(table([['LIMIT', 'ALLOWS', 'STATE', 'RESET', 'COUNTED UNDER'], ...rows]));
  if (proxies > 0) print(`\n${NOT_HERE} (${proxies} now)`);
}
