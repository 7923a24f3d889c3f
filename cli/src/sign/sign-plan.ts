import { type PrivateSigningKey, type SignProfile, signingKeyOf, signProfileOf } from '@paymesh/ext-authz';
import { type ClientProfile, loadPrivateKey, withDefaults } from '@paymesh/ext-authz/client';

import { openPolicies } from '../authz/index.ts';
import { CommandError, EXIT } from '../output/index.ts';
import { keyOfKeySet } from './key-of-key-set.ts';

/** What the options of `paymesh sign` say about how to sign. */
export interface SignChoice {
  readonly config: string;
  readonly policy?: string | undefined;
  readonly scheme?: string | undefined;
  readonly keySet: string;
  readonly key?: string | undefined;
  /** Text of the files that hold the key. */
  readonly privateKey?: string | undefined;
  readonly secret?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly message?: string | undefined;
  readonly component: readonly string[];
  readonly label?: string | undefined;
  readonly tag?: string | undefined;
  readonly region?: string | undefined;
  readonly service?: string | undefined;
  readonly account?: string | undefined;
  /** Names of headers that Paymesh's own scheme signs besides. */
  readonly cover: readonly string[];
}

export interface SignPlan {
  readonly profile: SignProfile;
  readonly key: PrivateSigningKey;
}

type Env = Readonly<Record<string, string | undefined>>;

/** As a policy wants it, in a scheme with a key from a file, or in Paymesh's own scheme with a key of a KeySet. */
export async function planSigning(choice: SignChoice, env: Env): Promise<SignPlan> {
  if (choice.policy !== undefined) return planOfPolicy(choice.policy, choice, env);
  if (choice.scheme !== undefined) return planOfScheme(choice.scheme, choice);
  return { profile: hmacProfile(choice), key: await keyOfKeySet(choice, env) };
}

async function planOfPolicy(
  id: string,
  { config, key, privateKey }: SignChoice,
  env: Env,
): Promise<SignPlan> {
  const { rules } = await openPolicies(config, env);
  const rule = rules.get(id);
  if (rule === undefined)
    throw new CommandError(
      `${config} has no SigningPolicy ${id}; it has ${[...rules.keys()].join(', ') || 'none'}`,
    );
  return {
    profile: signProfileOf(rule.verify),
    key: orSentence(() => signingKeyOf(rule, { id: key, pem: privateKey })),
  };
}

function planOfScheme(scheme: string, choice: SignChoice): SignPlan {
  const { key: id, privateKey: pem, secret, message, label, tag, region, service, account } = choice;
  if (id === undefined)
    throw new CommandError('--scheme needs --key, the id by which the other side knows the key', EXIT.usage);
  if ((pem === undefined) === (secret === undefined))
    throw new CommandError('--scheme needs either --private-key FILE or --secret FILE', EXIT.usage);
  const components = choice.component.length > 0 ? choice.component : DEFAULT_COMPONENTS;
  const options = { scheme, message: message ?? DEFAULT_MESSAGE[scheme], region, service, label, tag };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  // The signer of the scheme judges what it is given, and says what is missing.
  const profile = withDefaults({
    components,
    signedHeaders: choice.cover,
    ...given,
  } as unknown as ClientProfile);
  const algorithm = choice.algorithm ?? (secret === undefined ? 'rsa-v1_5-sha256' : 'hmac-sha256');
  const material = pem === undefined ? { secret: secret?.trim() ?? '' } : { pem };
  return {
    profile,
    key: orSentence(() => loadPrivateKey({ id, account, algorithm: algorithm as never, ...material })),
  };
}

const DEFAULT_COMPONENTS = ['@method', '@authority', '@path', '@query', 'content-digest'];
const DEFAULT_MESSAGE: Readonly<Record<string, string>> = {
  wechatpay: 'request',
  alipay: 'request',
  adyen: 'platform',
};
const HEADERS = { keyId: 'X-Key-Id', timestamp: 'X-Timestamp', nonce: 'X-Nonce', signature: 'X-Signature' };

function hmacProfile({ cover }: SignChoice): SignProfile {
  return { scheme: 'hmac', headers: HEADERS, signedHeaders: cover.map((name) => name.toLowerCase()) };
}

function orSentence<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new CommandError(sentence(error), undefined, { cause: error });
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
