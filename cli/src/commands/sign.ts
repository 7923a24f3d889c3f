import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';

import { type SignedRequest, signAny } from '@paymesh/ext-authz';
import { Command, Option } from 'commander';

import type { CommandContext } from '../context.ts';
import { CommandError, EXIT, print, printError } from '../output/index.ts';
import { bodyWord, curlLine, planSigning, type SignChoice } from '../sign/index.ts';
import {
  bodyOf,
  collect,
  type Header,
  readBytes,
  splitHeader,
  splitUrl,
  unixMs,
} from './request-arguments.ts';

interface SignOptions extends Omit<SignChoice, 'privateKey' | 'secret'> {
  readonly privateKey?: string;
  readonly secret?: string;
  readonly request: string;
  readonly header: readonly string[];
  readonly data?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly curl: boolean;
  readonly base: boolean;
  readonly json: boolean;
}

const NONCE_BYTES = 16;
const ALGORITHMS = [
  'hmac-sha256',
  'ed25519',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];
const SCHEMES = [
  'hmac',
  'rfc9421',
  'wechatpay',
  'alipay',
  'alipayplus',
  'unionpay',
  'stripe',
  'adyen',
  'standard-webhooks',
  'sigv4',
];

/** `paymesh sign`: the headers that make a request acceptable, or a whole curl line. */
export function signCommand({ env }: CommandContext): Command {
  const command = new Command('sign')
    .description(
      'Sign one request as a merchant or a provider would; prints its headers, or a whole curl line.',
    )
    .argument('<url>', 'where the request goes; path and query are signed as written')
    .option('-X, --request <method>', 'method', 'GET')
    .option('-d, --data <body>', 'body; @FILE reads it from a file')
    .option('-H, --header <header>', 'further header to send; may be repeated', collect, [])
    .option('--policy <name>', 'sign as this SigningPolicy (NAMESPACE/NAME) wants it')
    .option('--config <dir>', 'folder of policy files', 'policies')
    .option(
      '--key-set <name>',
      'NAMESPACE/NAME of the KeySet, without --policy and --scheme',
      'pay/merchants',
    )
    .option('--key <id>', 'key to sign with; default: the first that is valid now')
    .option('--private-key <file>', 'PEM file of the private key; policies hold public keys only');
  addSchemeOptions(command);
  return command
    .option('--timestamp <seconds>', 'unix time to sign; default: now')
    .option('--nonce <text>', 'nonce to sign; default: a random one')
    .option('--curl', 'print a curl line instead of headers', false)
    .option('--base', 'print the text that is signed instead of headers', false)
    .option('--json', 'print the whole signed request as JSON, body in base64', false)
    .addHelpText('after', EXAMPLES)
    .action(async (url: string, options: SignOptions) => signOne(url, options, env));
}

function addSchemeOptions(command: Command): void {
  command
    .addOption(new Option('--scheme <name>', 'scheme, without policies').choices(SCHEMES))
    .option('--secret <file>', '--scheme: file with a secret in base64')
    .addOption(
      new Option(
        '--algorithm <name>',
        '--scheme: default rsa-v1_5-sha256, hmac-sha256 with --secret',
      ).choices(ALGORITHMS),
    )
    .option('--message <word>', '--scheme: request, callback, notification, v3, payment, platform')
    .option('--component <id>', '--scheme rfc9421: what to cover; may be repeated', collect, [])
    .option('--label <label>', '--scheme rfc9421: label of the signature')
    .option('--tag <tag>', '--scheme rfc9421: tag of the signature')
    .option('--account <name>', '--scheme wechatpay, alipay: mchid or app_id')
    .option('--region <name>', '--scheme sigv4: region')
    .option('--service <name>', '--scheme sigv4: service')
    .option(
      '--cover <name>',
      'sign this -H header too, as an hmac policy covers it; may be repeated, in the order of the policy',
      collect,
      [],
    );
}

const EXAMPLES = `
Examples:
  $ npx paymesh sign -X POST -d '{"orderId":"o-1"}' http://127.0.0.1:10000/v1/payments
  $ eval "$(npx paymesh sign --curl http://127.0.0.1:10000/v1/payments/123)"
  $ npx paymesh sign --policy pay/partners --key p-1 --private-key p-1.pem -X POST -d @body.json https://pay.example/v1/payments
  $ npx paymesh sign --scheme wechatpay --key SERIAL --account 1900000001 --private-key m.pem --base https://api.example/v3/pay`;

async function signOne(url: string, options: SignOptions, env: CommandContext['env']): Promise<void> {
  const given = options.header.map(splitHeader);
  for (const name of options.cover) refuseUncovered(name, given);
  const plan = await planSigning({ ...options, ...filesOf(options) }, env);
  const method = options.request.toUpperCase();
  const body = bodyOf(options.data);
  const { scheme, authority, target } = splitUrl(url);
  const request = { method, scheme, authority, target, headers: given, body };
  const nonce = options.nonce ?? randomBytes(NONCE_BYTES).toString('hex');
  const signed = sign(() =>
    signAny(request, plan.profile, { key: plan.key, nowMs: unixMs(options.timestamp, '--timestamp'), nonce }),
  );
  const added = new Set(signed.headers.map(([name]) => name.toLowerCase()));
  const headers = [...given.filter(([name]) => !added.has(name.toLowerCase())), ...signed.headers];
  const sentUrl = `${scheme}://${authority}${signed.target ?? target}`;
  if (options.base) process.stdout.write(signed.base);
  else if (options.json) {
    const sent = Buffer.from(signed.body ?? body).toString('base64');
    print(JSON.stringify({ method, url: sentUrl, headers, body: sent }));
  } else if (options.curl) {
    const word =
      signed.body === undefined ? bodyWord(options.data) : Buffer.from(signed.body).toString('utf8');
    print(curlLine({ url: sentUrl, method, body: word, headers: headers.map(headerLine) }));
  } else printHeaders(headers, signed);
}

function printHeaders(headers: readonly Header[], { body, target }: SignedRequest): void {
  print(headers.map(headerLine).join('\n'));
  if (body !== undefined || target !== undefined)
    printError(
      'paymesh: this scheme signs inside the body or the query: --curl or --json print the whole request',
    );
}

function headerLine([name, value]: Header): string {
  return `${name}: ${value}`;
}

function filesOf({ privateKey, secret }: SignOptions): Pick<SignChoice, 'privateKey' | 'secret'> {
  return {
    privateKey:
      privateKey === undefined
        ? undefined
        : readBytes(resolve(privateKey), 'the private key').toString('utf8'),
    secret: secret === undefined ? undefined : readBytes(resolve(secret), 'the secret').toString('utf8'),
  };
}

function sign(make: () => SignedRequest): SignedRequest {
  try {
    return make();
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), undefined, {
      cause: error,
    });
  }
}

function refuseUncovered(name: string, given: readonly Header[]): void {
  const found = given.filter(([other]) => other.toLowerCase() === name.toLowerCase());
  if (found.length === 1) return;
  const reason = found.length === 0 ? 'is not given' : 'is given twice';
  throw new CommandError(
    `--cover names ${name}, which ${reason}: give it once with -H "${name}: value"`,
    EXIT.usage,
  );
}
