import type { TextMutator } from './mutate-text.ts';
import type { Random } from './random.ts';

/** What the grammars of all schemes are made of; also words that would weaken a check if they were believed. */
const WORDS = [
  ';sf',
  ';bs',
  ';req',
  ';tr',
  ';key="a"',
  ';name="a"',
  ';alg="none"',
  ';alg="hmac-sha256"',
  ';alg="rsa-v1_5-sha256"',
  ';created=0',
  ';created=1.5',
  ';expires=1',
  ';expires=9999999999',
  ';nonce=""',
  ';keyid="key-ed25519"',
  ';tag="soak"',
  'sig1=',
  'sig2=("@method");created=1',
  'pay=',
  '()',
  '("@method" "@path")',
  '"@method"',
  '"@target-uri"',
  '"@status"',
  '"content-digest"',
  'sha-256=:AAAA:',
  'sha-512=:AAAA:',
  ':AA==:',
  '?1',
  '@1700000000',
  '1.5',
  '-1',
  '""',
  '%"%c3%a9"',
  't=1',
  'v0=00',
  'v1=',
  'v1=00',
  'v1a,',
  'v1,',
  'algorithm=RSA256',
  'keyVersion=2',
  'signature=',
  'sign=',
  'sign_type=RSA',
  'sign_type=RSA2',
  '&sign=',
  '&signature=',
  '&empty=',
  '&txnAmt=1',
  '&charset=gbk',
  '&charset=utf-8',
  '&biz_content={}',
  'mchid="1"',
  'serial_no="1"',
  'SignedHeaders=host',
  'Credential=',
  'UNSIGNED-PAYLOAD',
  'WECHATPAY/SIGNTEST',
  '"amount":{"value":1,"currency":"EUR"},',
  '"success":"true",',
  '"notificationItems":[],',
  '"__proto__":{},',
  '{',
  '}',
  '[]',
];

/** Separators of structured fields, forms, JSON and credentials; kept, as tokens of their own. */
const SEPARATORS = /([,;=()":&{}[\]?/. ])/;

/** Changes that keep the look of a grammar: tokens left out, doubled, swapped, put in. */
export const grammarMutators: readonly TextMutator[] = [
  bent((tokens, at) => tokens.splice(at, 1)),
  bent((tokens, at, random) => tokens.splice(at, 1 + random.below(6))),
  bent((tokens, at) => tokens.splice(at, 0, tokens[at] ?? '')),
  bent((tokens, at, random) =>
    tokens.splice(random.below(tokens.length + 1), 0, ...tokens.slice(at, at + 1 + random.below(12))),
  ),
  bent((tokens, at, random) => tokens.push(...tokens.splice(at, 1 + random.below(12)))),
  bent((tokens, at, random) => tokens.splice(at, 0, random.pick(WORDS))),
  bent((tokens, at, random) => tokens.splice(at, 1, random.pick(WORDS))),
  bent((tokens, _, random) => tokens.push(',', random.pick(WORDS))),
  bent((tokens, _, random) => tokens.push(random.pick(WORDS))),
  bent((tokens, _, random) => tokens.unshift(random.pick(WORDS), ',')),
];

type Bend = (tokens: string[], at: number, random: Random) => unknown;

function bent(bend: Bend): TextMutator {
  return (text, random) => {
    const tokens = text.toString('latin1').split(SEPARATORS);
    bend(tokens, random.below(tokens.length), random);
    return Buffer.from(tokens.join(''), 'latin1');
  };
}
