import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Command } from 'commander';

import { generateFiles, listBoards, RUNBOOKS } from '../dashboards/index.ts';
import { print } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';
import { dashboardsViewCommand } from './dashboards-view.ts';

const CONFIG = ['--config <dir>', 'folder of policy files', 'policies'] as const;

/** `paymesh dashboards`: the boards and alert rules that a set of policies gives. */
export function dashboardsCommand(): Command {
  return new Command('dashboards')
    .description('Dashboards for Grafana and alert rules for Prometheus, made from policies.')
    .addCommand(listCommand())
    .addCommand(writeCommand())
    .addCommand(dashboardsViewCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('List the boards and what each of them answers.')
    .option(...CONFIG)
    .addHelpText('after', '\nExample:\n  $ npx paymesh dashboards list')
    .action(async ({ config }: { readonly config: string }) => {
      for (const { name, description, panels } of listBoards(await readPolicies(config)))
        print(`${name.padEnd(14)} ${String(panels).padStart(3)} panels  ${description}`);
    });
}

interface WriteFlags {
  readonly config: string;
  readonly runbooks: string;
}

function writeCommand(): Command {
  return new Command('write')
    .description('Write dashboards/*.json and rules/*.yaml into a folder, such as that of a chart.')
    .argument('<dir>', 'folder; made if missing')
    .option(...CONFIG)
    .option(
      '--runbooks <url>',
      'where docs/runbooks is published: begins the runbook_url of every alert',
      RUNBOOKS,
    )
    .addHelpText(
      'after',
      `
A route, service, limit or policy that is new gets its panels; files of other names stay.

Example:
  $ npx paymesh dashboards write my-chart --config my-policies --runbooks https://wiki.example/runbooks`,
    )
    .action(async (dir: string, { config, runbooks }: WriteFlags) => {
      for (const [path, text] of generateFiles(await readPolicies(config), {
        runbooks: trimSlash(runbooks),
      })) {
        const target = join(dir, path);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
        print(target);
      }
    });
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
