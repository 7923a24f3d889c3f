import { formatHostPort } from '@paymesh/common/config';
import type { StatusReport } from '@paymesh/control-plane';
import { Command, Option } from 'commander';

import { fetchStatus, renderStatus } from '../mesh-status/index.ts';
import { EXIT, print } from '../output/index.ts';
import { hostPort } from './arguments.ts';

interface StatusOptions {
  readonly admin: string;
  readonly output: 'table' | 'json';
}

/** `paymesh proxy status`: what every Envoy runs, as the control plane knows it. */
export function proxyCommand(): Command {
  return new Command('proxy').description('The Envoys of the mesh.').addCommand(
    new Command('status')
      .description('Show, for every proxy, what was sent, what it accepted and what it refused.')
      .addOption(
        new Option('--admin <host:port>', "the control plane's admin port")
          .env('PAYMESH_CONTROL_PLANE_ADMIN')
          .argParser(adminAddress)
          .default('127.0.0.1:18001'),
      )
      .addOption(
        new Option('-o, --output <form>', 'table for people, json for programs')
          .choices(['table', 'json'])
          .default('table'),
      )
      .addHelpText('after', '\nExamples:\n  $ npx paymesh proxy status\n  $ npx paymesh proxy status -o json')
      .action(async (options: StatusOptions) => {
        const status = await fetchStatus(options.admin);
        print(options.output === 'json' ? JSON.stringify(status, null, 2) : renderStatus(status));
        process.exitCode = status.proxies.some(hasRefused) ? EXIT.refused : EXIT.ok;
      }),
  );
}

function hasRefused({ types }: StatusReport['proxies'][number]): boolean {
  return Object.values(types ?? {}).some(({ nacks }) => nacks.length > 0);
}

function adminAddress(text: string): string {
  return formatHostPort(hostPort(text));
}
