import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { policyId, type SecretKeySpec } from '@paymesh/common/policy';
import { parseSecret, signRequest } from '@paymesh/ext-authz';
import { Command } from 'commander';

import type { CommandContext } from '../context.ts';
import { CommandError, EXIT, print } from '../output/index.ts';
import { readPolicies } from '../policies/index.ts';

interface SignOptions {
  readonly config: string;
  readonly keySet: string;
  readonly key?: string;
  readonly request: string;
  readonly header: readonly string[];
  readonly cover: readonly string[];
  readonly data?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly curl: boolean;
}

const NONCE_BYTES = 16;

/** `paymesh sign`: the headers that make a request acceptable, or a whole curl line. */
export function signCommand({ env }: CommandContext): Command {
  return new Command('sign')
    .description('Sign one request as a merchant would; prints its headers, or a whole curl line.')
    .argument('<url>', 'where the request goes; path and query are signed as written')
    .option('-X, --request <method>', 'method', 'GET')
    .option('-d, --data <body>', 'body; @FILE reads it from a file')
    .option('-H, --header <header>', 'further header to send; may be repeated', collect, [])
    .option(
      '--cover <name>',
      'sign this -H header too, as the policy covers it; may be repeated, in the order of the policy',
      collect,
      [],
    )
    .option('--config <dir>', 'folder of policy files that holds the KeySet', 'policies')
    .option('--key-set <name>', 'NAMESPACE/NAME of the KeySet', 'pay/merchants')
    .option('--key <id>', 'key to sign with; default: the first that is valid now')
    .option('--timestamp <seconds>', 'unix time to sign; default: now')
    .option('--nonce <text>', 'nonce to sign; default: a random one')
    .option('--curl', 'print a curl line instead of headers', false)
    .addHelpText(
      'after',
      `
Examples:
  $ npx paymesh sign -X POST -d '{"orderId":"o-1"}' http://127.0.0.1:10000/v1/payments
  $ eval "$(npx paymesh sign --curl http://127.0.0.1:10000/v1/payments/123)"`,
    )
    .action(async (url: string, options: SignOptions) => {
      const key = await findKey(options);
      const body = bodyOf(options.data);
      const method = options.request.toUpperCase();
      const given = options.header.map(splitHeader);
      const headers = signRequest({
        method,
        target: targetOf(url),
        body,
        keyId: key.id,
        secret: readSecret(key, env),
        timestamp: options.timestamp ?? String(Math.floor(Date.now() / 1_000)),
        nonce: options.nonce ?? randomBytes(NONCE_BYTES).toString('hex'),
        extraHeaders: options.cover.map((name) => coveredHeader(name, given)),
      });
      const others = given.filter(([name]) => !options.cover.some((covered) => isSameName(covered, name)));
      const lines = [...others, ...Object.entries(headers)].map(([name, value]) => `${name}: ${value}`);
      print(
        options.curl
          ? curlLine({ url, method, body: bodyWord(options.data), headers: lines })
          : lines.join('\n'),
      );
    });
}

type Header = readonly [name: string, value: string];

function splitHeader(text: string): Header {
  const match = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(text);
  if (match === null)
    throw new CommandError(`expected a header such as "Name: value"; got "${text}"`, EXIT.usage);
  return [match[1] ?? '', match[2] ?? ''];
}

function coveredHeader(name: string, given: readonly Header[]): Header {
  const found = given.filter(([other]) => isSameName(name, other));
  const [header] = found;
  if (header !== undefined && found.length === 1) return header;
  const reason = header === undefined ? 'is not given' : 'is given twice';
  throw new CommandError(
    `--cover names ${name}, which ${reason}: give it once with -H "${name}: value"`,
    EXIT.usage,
  );
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

interface FoundKey {
  readonly id: string;
  readonly secret: SecretKeySpec['secret'];
  /** Folder of the document, which file paths are relative to. */
  readonly folder: string;
}

async function findKey({ config, keySet, key }: SignOptions): Promise<FoundKey> {
  const documents = await readPolicies(config);
  const sets = documents.filter((document) => document.kind === 'KeySet');
  const set = sets.find((one) => policyId(one) === keySet);
  if (set === undefined) {
    const known = sets.map(policyId).join(', ');
    throw new CommandError(
      `${config} has no KeySet ${keySet}; it has ${known || 'none'}: name it with --key-set`,
    );
  }
  const now = Date.now();
  const secrets = set.spec.keys.filter((candidate) => candidate.algorithm === 'hmac-sha256');
  const found = secrets.find((candidate) =>
    key === undefined
      ? !candidate.revoked &&
        (candidate.notBeforeMs ?? 0) <= now &&
        now < (candidate.notAfterMs ?? Number.MAX_SAFE_INTEGER)
      : candidate.id === key,
  );
  if (found === undefined) {
    const known = secrets.map((candidate) => candidate.id).join(', ');
    throw new CommandError(
      `KeySet ${keySet} has no ${key === undefined ? 'valid key' : `key ${key}`}; it has ${known}`,
    );
  }
  return { id: found.id, secret: found.secret, folder: dirname(resolve(set.at.file)) };
}

/** Read as ext-authz reads it: a key that it refuses would only make signatures that it refuses. */
function readSecret(key: FoundKey, env: CommandContext['env']): Buffer {
  const parsed = parseSecret(secretText(key, env), key.secret.encoding);
  if (parsed.kind === 'secret') return parsed.secret.reveal();
  throw new CommandError(
    `key ${key.id} cannot be used: expected ${key.secret.encoding ?? 'base64'} text of 16 to 1024 bytes, got ${parsed.got}`,
  );
}

function secretText({ id, secret, folder }: FoundKey, env: CommandContext['env']): string {
  if (secret.kind === 'env') {
    const value = env[secret.name];
    if (!value)
      throw new CommandError(
        `key ${id} is read from the environment variable ${secret.name}, which is not set`,
      );
    return value;
  }
  try {
    return readFileSync(resolve(folder, secret.path), 'utf8');
  } catch (error) {
    throw new CommandError(
      `cannot read key ${id} from ${secret.path}: "paymesh up" makes missing ones`,
      undefined,
      { cause: error },
    );
  }
}

function bodyOf(data: string | undefined): Buffer {
  if (data === undefined) return Buffer.alloc(0);
  if (!data.startsWith('@')) return Buffer.from(data, 'utf8');
  try {
    return readFileSync(data.slice(1));
  } catch (error) {
    throw new CommandError(`cannot read the body from ${data.slice(1)}`, undefined, { cause: error });
  }
}

/** Path and query exactly as written: no URL class, which would re-encode them. */
function targetOf(url: string): string {
  const match = /^https?:\/\/[^/?#]+([^#]*)/.exec(url);
  if (match === null)
    throw new CommandError(
      `expected a URL such as http://127.0.0.1:10000/v1/payments; got "${url}"`,
      EXIT.usage,
    );
  const target = match[1] ?? '';
  return target.startsWith('/') ? target : `/${target}`;
}

interface CurlInput {
  readonly url: string;
  readonly method: string;
  /** What curl takes as the body, `@FILE` included; undefined without one. */
  readonly body: string | undefined;
  readonly headers: readonly string[];
}

function curlLine({ url, method, body, headers }: CurlInput): string {
  const hasType = headers.some((header) => /^content-type\s*:/i.test(header));
  const type = body === undefined || hasType ? [] : ['content-type: application/json'];
  return [
    // Globbing would make other URLs of one with [] or {} in its query.
    `curl -sS -i --path-as-is --globoff -X ${method}`,
    ...[...type, ...headers].map((header) => `-H ${quote(header)}`),
    ...(body === undefined ? [] : [`--data-binary ${quote(body)}`]),
    `-w '\\n'`,
    quote(url),
  ].join(' ');
}

/** A file stays a file, for its bytes may not be text. */
function bodyWord(data: string | undefined): string | undefined {
  if (!data) return undefined;
  return data.startsWith('@') ? `@${resolve(data.slice(1))}` : data;
}

/** A word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
