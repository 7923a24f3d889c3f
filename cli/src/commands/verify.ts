import { createInterface } from 'node:readline';

import { createLineCheck, messageOf } from '@paymesh/ext-authz';
import { Command } from 'commander';

import { openPolicies, printJudgement } from '../authz/index.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, EXIT, print } from '../output/index.ts';
import { bodyOf, collect, readBytes, splitHeader, splitUrl, unixMs } from './request-arguments.ts';

interface VerifyOptions {
  readonly json: boolean;
  readonly config: string;
  readonly policy?: string;
  readonly request: string;
  readonly header: readonly string[];
  readonly data?: string;
  readonly now?: string;
  readonly base?: string;
}

/** `paymesh verify`: judges a signed request as ext-authz would, and shows the text that must have been signed. */
export function verifyCommand({ env }: CommandContext): Command {
  return new Command('verify')
    .description('Judge a signed request as ext-authz would, and show the text that must have been signed.')
    .argument('[url]', 'where the request goes; path and query are taken as written')
    .option('--json', 'read one JSON object a line on standard input, answer one a line, in order', false)
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option('--policy <name>', 'NAMESPACE/NAME of the SigningPolicy; default: the only one')
    .option('-X, --request <method>', 'method', 'GET')
    .option('-d, --data <body>', 'body; @FILE reads it from a file')
    .option(
      '-H, --header <header>',
      'header of the request, signature included; may be repeated',
      collect,
      [],
    )
    .option('--now <seconds>', 'unix time to judge at; default: now')
    .option('--base <file>', 'text that the client signed: shows the first byte that differs from ours')
    .addHelpText(
      'after',
      `
A line of --json: {"id", "store", "now", "partialBody"?, "policy": {"scheme", ...}, "keys": [...], "message": {...}};
ext-authz/README.md tells every key. It is answered by {"id", "ok", "code", "keyid"?, "base"?}.
Ends with 0 when the request is allowed, with 1 when it is denied.
Examples:
  $ npx paymesh verify --policy pay/merchant-signature -H 'X-Key-Id: merchant-a-2026' -H ... http://pay.example/v1/payments
  $ npx paymesh verify --json < requests.jsonl`,
    )
    .action(async (url: string | undefined, options: VerifyOptions) => {
      if (options.json) return answerLines();
      if (url === undefined) throw new CommandError('expected a URL, or --json', EXIT.usage);
      return verifyOne(url, options, env);
    });
}

/** Lines are answered one after another: a nonce of one is used up for the next. */
async function answerLines(): Promise<void> {
  const check = createLineCheck();
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const isFlushed = process.stdout.write(`${JSON.stringify(await check(line))}\n`);
    if (!isFlushed) await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
}

async function verifyOne(url: string, options: VerifyOptions, env: CommandContext['env']): Promise<void> {
  const dryRun = await openPolicies(options.config, env);
  const policy = options.policy ?? onlyPolicy([...dryRun.rules.keys()]);
  if (!dryRun.rules.has(policy))
    throw new CommandError(
      `${options.config} has no SigningPolicy ${policy}; it has ${[...dryRun.rules.keys()].join(', ')}`,
    );
  const { scheme, authority, target } = splitUrl(url);
  const message = messageOf({
    policy,
    method: options.request.toUpperCase(),
    scheme,
    authority,
    target,
    headers: options.header.map(splitHeader),
    body: bodyOf(options.data),
  });
  const judgement = await dryRun.judge(message, unixMs(options.now, '--now'));
  const theirs = options.base === undefined ? undefined : readBytes(options.base, 'the signed text');
  print(printJudgement(judgement, { theirs }));
  process.exitCode = judgement.decision.kind === 'deny' ? EXIT.failed : EXIT.ok;
}

function onlyPolicy(ids: readonly string[]): string {
  const [only, ...more] = ids;
  if (only !== undefined && more.length === 0) return only;
  throw new CommandError(
    `name a SigningPolicy with --policy: ${ids.join(', ') || 'there is none'}`,
    EXIT.usage,
  );
}
