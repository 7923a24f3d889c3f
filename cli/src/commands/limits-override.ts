import type { Entry } from '@paymesh/rate-limiter';
import { Command, InvalidArgumentError } from 'commander';

import { entriesOf, entriesText } from '../limits/index.ts';
import { print, table } from '../output/index.ts';
import { countUpTo } from './arguments.ts';
import { type AdminFlags, adminOf, withAdminOptions } from './limits-admin.ts';

interface Override {
  readonly domain: string;
  readonly label: string;
  readonly entries: readonly Entry[];
  readonly requests: number;
  readonly untilMs?: number;
}

const MOST_REQUESTS = 4_294_967_295;
const MOST_SECONDS = 366 * 86_400;

/** `paymesh limits override set|list|remove`: limits of single tenants, changed without a reload. */
export function overrideCommand(): Command {
  return new Command('override')
    .description('Limits of single tenants in a running rate limiter, changed without a reload.')
    .addCommand(setCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand());
}

type SetFlags = AdminFlags & { readonly requests: number; readonly for?: number };

function setCommand(): Command {
  return withAdminOptions(
    targeted(new Command('set').description('Give some descriptors of a rule another limit.')),
  )
    .requiredOption('--requests <n>', 'requests in the period of the rule; 0 lets nothing pass', requestsOf)
    .option('--for <seconds>', 'until then; default: until it is removed', countUpTo(MOST_SECONDS))
    .addHelpText(
      'after',
      `
The override holds for descriptors that have all of the entries; where several fit, for that with most of them.
Examples:
  $ npx paymesh limits override set shop tenant tenant=acme --requests 500
  $ npx paymesh limits override set shop tenant tenant=acme --requests 5000 --for 3600`,
    )
    .action(async (domain: string, label: string, texts: readonly string[], flags: SetFlags) => {
      const until = flags.for === undefined ? {} : { untilMs: Date.now() + flags.for * 1_000 };
      const override = { domain, label, entries: entriesOf(texts), requests: flags.requests, ...until };
      await adminOf(flags).call('PUT', '/overrides', override);
      if (flags.json) print(JSON.stringify({ schemaVersion: 1, override }, null, 2));
      else print(`${label} is ${flags.requests} for ${entriesText(override.entries)}`);
    });
}

function listCommand(): Command {
  return withAdminOptions(new Command('list').description('Show all overrides.'))
    .option('--domain <domain>', 'only of this domain')
    .addHelpText('after', '\nExample:\n  $ npx paymesh limits override list --domain shop')
    .action(async (flags: AdminFlags & { readonly domain?: string }) => {
      const query = flags.domain === undefined ? '' : `?domain=${encodeURIComponent(flags.domain)}`;
      const body = await adminOf(flags).call('GET', `/overrides${query}`);
      const { overrides } = body as { readonly overrides: readonly Override[] };
      if (flags.json) print(JSON.stringify({ schemaVersion: 1, overrides }, null, 2));
      else print(table([['DOMAIN', 'LIMIT', 'ENTRIES', 'REQUESTS', 'UNTIL'], ...overrides.map(rowOf)]));
    });
}

function removeCommand(): Command {
  return withAdminOptions(
    targeted(new Command('remove').description('Let the limit of the rule hold again.')),
  )
    .addHelpText('after', '\nExample:\n  $ npx paymesh limits override remove shop tenant tenant=acme')
    .action(async (domain: string, label: string, texts: readonly string[], flags: AdminFlags) => {
      const target = { domain, label, entries: entriesOf(texts) };
      await adminOf(flags).call('DELETE', '/overrides', target);
      if (flags.json) print(JSON.stringify({ schemaVersion: 1, removed: target }, null, 2));
      else print(`${label} holds again for ${entriesText(target.entries)}`);
    });
}

function targeted(command: Command): Command {
  return command
    .argument('<domain>', 'domain of the rule')
    .argument('<label>', 'label of the rule, as GET /rules of the admin port shows it')
    .argument('<entries...>', 'entries of the descriptors that are meant, as key=value');
}

function requestsOf(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= MOST_REQUESTS) return Number(text);
  throw new InvalidArgumentError(`expected a whole number from 0 to ${MOST_REQUESTS}`);
}

function rowOf({ domain, label, entries, requests, untilMs }: Override): readonly string[] {
  const until = untilMs === undefined ? '' : new Date(untilMs).toISOString();
  return [domain, label, entriesText(entries), String(requests), until];
}
