import { formatHostPort } from '@paymesh/common/config';
import { Command, InvalidArgumentError, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { CommandError, EXIT, print, printError, wantsColor } from '../output/index.ts';
import { type TapSource, tapLine, watchSource } from '../tap/index.ts';
import { hostPort, wholeNumber } from './arguments.ts';
import { readToken } from './read-token.ts';

interface TapFlags {
  readonly denied: boolean;
  readonly service?: string;
  readonly json: boolean;
  readonly count?: number;
  readonly extAuthz: string;
  readonly rateLimiter: string;
  readonly tokenFile?: string;
}

const DEFAULT_NAMESPACE = 'default';

/** `paymesh tap`: the decisions of a running mesh as they are made. */
export function tapCommand({ env }: CommandContext): Command {
  return new Command('tap')
    .description('Show the decisions of a running mesh as they are made: of ext-authz and the rate limiter.')
    .option('--denied', 'only what was refused, or would be by a policy in shadow mode', false)
    .addOption(
      new Option('--service <[namespace/]name>', 'only what goes to this service').argParser(serviceId),
    )
    .option('--json', 'print each decision as the JSON object that it came as', false)
    .addOption(new Option('--count <n>', 'end after so many lines').argParser(wholeNumber))
    .addOption(adminOption('ext-authz', '127.0.0.1:18011'))
    .addOption(adminOption('rate-limiter', '127.0.0.1:18021'))
    .addOption(
      new Option('--token-file <file>', 'token of the rate limiter, where it was started with one').env(
        'PAYMESH_RATE_LIMITER_ADMIN_TOKEN_FILE',
      ),
    )
    .addHelpText(
      'after',
      `
Card numbers, tokens and queries are masked before they leave the service. Watching slows nobody down: lines beyond
1000 in a second, or beyond what is read here, are left out and counted. Ctrl-C ends it.

Examples:
  $ npx paymesh tap --denied
  $ npx paymesh tap --service pay/payments --json | jq .reason`,
    )
    .action((flags: TapFlags) => tap(flags, env));
}

function adminOption(name: TapSource['name'], address: string): Option {
  return new Option(`--${name} <host:port>`, `admin port of the ${name}`)
    .env(`PAYMESH_${name.toUpperCase().replace('-', '_')}_ADMIN`)
    .argParser((text) => formatHostPort(hostPort(text)))
    .default(address);
}

function serviceId(text: string): string {
  const id = text.includes('/') ? text : `${DEFAULT_NAMESPACE}/${text}`;
  if (/^[\w.-]+\/[\w.-]+$/.test(id)) return id;
  throw new InvalidArgumentError('expected NAME or NAMESPACE/NAME of a Service, such as pay/payments');
}

async function tap(flags: TapFlags, env: CommandContext['env']): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  // Its reader has enough.
  process.stdout.once('error', stop);
  const isColored = wantsColor(process.stdout, env);
  let left = flags.count ?? Number.POSITIVE_INFINITY;
  const onLine = (line: string): void => {
    if (left <= 0) return;
    left -= 1;
    print(flags.json ? line : tapLine(line, isColored));
    if (left === 0) stop();
  };
  const options = { isDeniedOnly: flags.denied, service: flags.service, onLine, stopped: stopping.signal };
  const ended = await Promise.all(sourcesOf(flags).map((source) => watch(source, options)));
  if (ended.some((isReached) => isReached)) return;
  throw new CommandError(
    'no decisions can be watched: start a mesh (npm run demo), or name admin ports with --ext-authz and --rate-limiter',
    EXIT.unreachable,
  );
}

function sourcesOf({ extAuthz, rateLimiter, tokenFile }: TapFlags): readonly TapSource[] {
  const token =
    tokenFile === undefined ? undefined : readToken(tokenFile, '--token-file').reveal().toString();
  return [
    { name: 'ext-authz', admin: extAuthz, token: undefined },
    { name: 'rate-limiter', admin: rateLimiter, token },
  ];
}

/** True when the service was reached; what ended it is told beside the lines. */
async function watch(source: TapSource, options: Parameters<typeof watchSource>[1]): Promise<boolean> {
  const ended = await watchSource(source, options);
  if (ended === undefined) return true;
  printError(`paymesh: ${source.name} is not watched any more: ${ended.why}`);
  return ended.isReached;
}
