import { grammarMutators } from './mutate-grammar.ts';
import { type TextMutator, textMutators } from './mutate-text.ts';
import type { Random } from './random.ts';
import type { Line, Shot } from './shot.ts';

/** Changes a message in one way; `donor` is another message that was rightly signed, of any scheme. */
export type ShotMutator = (shot: Shot, random: Random, donor: Shot) => Shot;

/** Headers that the proxy writes itself. */
const OF_PROXY = /^(?::|content-length$|x-request-id$|x-envoy-)/;
const METHODS = ['GET', 'PUT', 'post', 'POST ', 'PATCH', 'DELETE', 'OPTIONS', '', 'POST\0'];
const AUTHORITIES = [
  'PAY.EXAMPLE',
  'pay.example:443',
  'pay.example:80',
  'pay.example.',
  'evil.example',
  'u@pay.example',
  '',
  'pay.example,evil',
];
const POLICIES = [
  undefined,
  '',
  'pay/none',
  'constructor',
  '__proto__',
  'pay/rfc9421',
  'pay/hmac',
  'pay/stripe',
  'pay/adyen-platform',
];
const ADDED = [
  'x-http-method-override',
  'x-forwarded-host',
  'x-original-url',
  'host',
  'transfer-encoding',
  'x-envoy-auth-partial-body',
  'content-encoding',
  'date',
  'expect',
];
const TARGETS: readonly ((target: string, random: Random) => string)[] = [
  (target) => `${target}${target.includes('?') ? '&' : '?'}admin=1`,
  (target) => `${target}?`,
  (target) => target.replace(/\?.*$/s, ''),
  (target) => target.replace('/', '//'),
  (target) => `/x/..${target}`,
  (target) => `/.${target}`,
  (target) => target.replace('/v1', '/%76%31'),
  (target) => `${target}#f`,
  (target) => target.replace('?', ';a=1?'),
  (target) => `https://pay.example${target}`,
  (target) => target.replace(/\?(.*?)&(.*)$/s, '?$2&$1'),
  (target) => target.replace(/[?&][^&]*/, (parameter) => parameter + parameter.replace('?', '&')),
];

/** All ways to change a message. */
const MUTATORS: readonly ShotMutator[] = [
  // Most attacks are made in the headers of the signature and in the body, so these stand here more often.
  bendHeader(textMutators),
  bendHeader(textMutators),
  bendHeader(grammarMutators),
  bendHeader(grammarMutators),
  bendBody(textMutators),
  bendBody(grammarMutators),
  duplicateHeader,
  (shot, random) => withHeaders(shot, shot.headers.toSpliced(random.below(shot.headers.length + 1), 1)),
  swapHeaders,
  (shot, random) => onLine(shot, random, ([name, value]) => [name.toUpperCase(), value]),
  (shot, random) => onLine(shot, random, ([name, value]) => [`${name} `, value]),
  (shot, random) =>
    onLine(shot, random, ([name, value]) => [name, Buffer.from(` ${value.toString('latin1')}\t`, 'latin1')]),
  (shot, random) => onLine(shot, random, ([name, value]) => [name.replaceAll('-', '_'), value]),
  (shot, random, donor) => onLine(shot, random, ([name, value]) => [name, textOf(donor, name) ?? value]),
  (shot, random, donor) =>
    withHeaders(shot, [...shot.headers, ...donor.headers.filter(() => random.chance(0.2))]),
  (shot, random, donor) => withHeaders(shot, [...shot.headers, random.pick(donor.headers)]),
  (shot, _, donor) => withHeaders(shot, donor.headers),
  (shot, random) => withHeaders(shot, [...shot.headers, [random.pick(ADDED), Buffer.from('x')]]),
  (shot, random) => withTarget(shot, random.pick(TARGETS)(shot.target, random), random),
  (shot, random) =>
    withTarget(shot, String(random.pick(textMutators)(Buffer.from(shot.target), random)), random),
  (shot, random, donor) => withTarget(shot, donor.target, random),
  (shot, random) => ({ ...shot, method: random.pick(METHODS) }),
  (shot, random) => ({ ...shot, authority: random.pick(AUTHORITIES) }),
  (shot, random) => ({ ...shot, scheme: random.pick(['http', '', 'HTTPS']) }),
  (shot, random) => ({ ...shot, policy: random.pick(POLICIES) }),
  (shot, _, donor) => ({ ...shot, policy: donor.policy }),
  (shot, _, donor) => withBody(shot, donor.body),
  (shot, random) => ({ ...shot, body: shot.body.subarray(0, random.below(shot.body.length + 1)) }),
  (shot, random) => ({ ...shot, size: random.pick([0, -1, 1, shot.size + 1, shot.size - 1, 2 ** 40]) }),
  (shot) => ({ ...shot, isMerged: true }),
];

/** Bends a message, most often in one way, at times in several. */
export function mutate(shot: Shot, random: Random, donor: () => Shot): Shot {
  let bent = random.pick(MUTATORS)(shot, random, donor());
  while (random.chance(0.25)) bent = random.pick(MUTATORS)(bent, random, donor());
  return bent;
}

function withHeaders(shot: Shot, headers: readonly Line[]): Shot {
  return { ...shot, headers };
}

/** One header, preferably one that the client wrote. */
function onLine(shot: Shot, random: Random, change: (line: Line) => Line): Shot {
  const own = shot.headers.filter(([name]) => !OF_PROXY.test(name));
  const lines = own.length > 0 && random.chance(0.9) ? own : shot.headers;
  if (lines.length === 0) return shot;
  const chosen = random.pick(lines);
  return withHeaders(
    shot,
    shot.headers.map((line) => (line === chosen ? change(line) : line)),
  );
}

function bendHeader(mutators: readonly TextMutator[]): ShotMutator {
  return (shot, random) =>
    onLine(shot, random, ([name, value]) => [name, random.pick(mutators)(value, random)]);
}

function bendBody(mutators: readonly TextMutator[]): ShotMutator {
  return (shot, random) => withBody(shot, random.pick(mutators)(shot.body, random));
}

/** A body of another length as the proxy would state it: the attacker sent it so. */
function withBody(shot: Shot, body: Buffer): Shot {
  const length = Buffer.from(String(body.length));
  const headers = shot.headers.map(
    ([name, value]): Line => [name, name === 'content-length' ? length : value],
  );
  return { ...shot, body, size: body.length, headers };
}

/** With `:path` beside it, but at times. */
function withTarget(shot: Shot, target: string, random: Random): Shot {
  if (random.chance(0.1)) return { ...shot, target };
  const path = Buffer.from(target);
  return {
    ...shot,
    target,
    headers: shot.headers.map(([name, value]): Line => [name, name === ':path' ? path : value]),
  };
}

function duplicateHeader(shot: Shot, random: Random): Shot {
  if (shot.headers.length === 0) return shot;
  const [name, value] = random.pick(shot.headers);
  const again = random.chance(0.5) ? value : random.pick(textMutators)(value, random);
  return withHeaders(shot, shot.headers.toSpliced(random.below(shot.headers.length + 1), 0, [name, again]));
}

function swapHeaders(shot: Shot, random: Random): Shot {
  if (shot.headers.length === 0) return shot;
  const [one, other] = [random.pick(shot.headers), random.pick(shot.headers)];
  const swapped = shot.headers.map((line): Line => {
    if (line === one) return [one[0], other[1]];
    return line === other ? [other[0], one[1]] : line;
  });
  return withHeaders(shot, swapped);
}

function textOf({ headers }: Shot, name: string): Buffer | undefined {
  return headers.find(([other]) => other === name)?.[1];
}
