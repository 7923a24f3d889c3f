const compiled = new Map<string, RegExp>();
/** Patterns come from proto files, a closed set; the bound is against a caller that makes them up. */
const MAX_COMPILED = 1_000;

/**
 * A RegExp that matches what the RE2 pattern matches (found anywhere, as in Go).
 * Throws on syntax that has no counterpart, so that a rule is never passed over in silence.
 */
export function re2ToRegExp(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const { flags, rest } = leadingFlags(pattern);
  const source = translate(rest, flags.includes('s'));
  const made = new RegExp(source, `u${flags.replace('s', '')}`);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function leadingFlags(pattern: string): { flags: string; rest: string } {
  const found = /^\(\?([ims]+)\)/.exec(pattern);
  if (found === null) return { flags: '', rest: pattern };
  return { flags: [...new Set(found[1])].join(''), rest: pattern.slice(found[0].length) };
}

const CLASS = String.raw`(?<set>\[\^?\]?(?:\[:\^?[a-z]+:\]|\\[\s\S]|[^\]])*\])`;
const ESCAPE = [
  String.raw`\\x\{(?<hex>[0-9A-Fa-f]{1,6})\}`,
  String.raw`(?<hexTwo>\\x[0-9A-Fa-f]{2})`,
  String.raw`(?<property>\\[pP](?:\{\^?\w+\}|[A-Z]))`,
  String.raw`\\(?<escaped>[\s\S])`,
].join('|');
/** The order matters: the last alternatives take what the first ones left. */
const OUTSIDE = new RegExp(
  [
    String.raw`\\Q(?<literal>[\s\S]*?)(?:\\E|$)`,
    ESCAPE,
    CLASS,
    String.raw`(?<repeat>\{\d+(?:,\d*)?\})`,
    String.raw`(?<brace>[{}\]])`,
    String.raw`(?<group>\(\?(?:P?<(?=[A-Za-z_])|[^<]?))`,
    String.raw`(?<dot>\.)`,
  ].join('|'),
  'gu',
);
const INSIDE = new RegExp(
  [ESCAPE, String.raw`\[:(?<posix>\^?[a-z]+):\]`, String.raw`(?<bracket>[[\]])`].join('|'),
  'gu',
);

type Groups = Readonly<Record<string, string | undefined>>;

function translate(pattern: string, isDotAll: boolean): string {
  return replaceWith(pattern, OUTSIDE, (text, groups) => {
    const { literal, set, brace, group, dot } = groups;
    if (literal !== undefined) return escapeText(literal);
    if (set !== undefined) return translateSet(set);
    if (brace !== undefined) return `\\${brace}`;
    if (group !== undefined) return translateGroup(group);
    if (dot !== undefined) return isDotAll ? String.raw`[\s\S]` : String.raw`[^\n]`;
    return translateEscape(groups, 'outside') ?? text;
  });
}

/** `[...]`: a bracket right behind the opening one, or behind its ^, is a member. */
function translateSet(set: string): string {
  const opening = set.startsWith('[^') ? '[^' : '[';
  const members = replaceWith(set.slice(opening.length, -1), INSIDE, (text, groups) => {
    if (groups['bracket'] !== undefined) return `\\${text}`;
    if (groups['posix'] !== undefined) return translatePosix(groups['posix']);
    return translateEscape(groups, 'inside') ?? text;
  });
  return `${opening}${members}]`;
}

function replaceWith(
  text: string,
  pieces: RegExp,
  replace: (text: string, groups: Groups) => string,
): string {
  let result = '';
  let end = 0;
  for (const piece of text.matchAll(pieces)) {
    result += text.slice(end, piece.index) + replace(piece[0], piece.groups ?? {});
    end = piece.index + piece[0].length;
  }
  return result + text.slice(end);
}

/** `(?:`, `(?P<name>` and `(?<name>`; flags are read at the start of a pattern only. */
function translateGroup(group: string): string {
  if (group === '(?:' || group === '(?<') return group;
  if (group === '(?P<') return '(?<';
  throw unsupported(group);
}

type Place = 'inside' | 'outside';

function translateEscape({ hex, hexTwo, property, escaped }: Groups, place: Place): string | undefined {
  if (hex !== undefined) return `\\u{${hex}}`;
  if (property !== undefined) return translateProperty(property);
  if (escaped !== undefined) return translateLetter(escaped, place);
  return hexTwo;
}

const CONTROLS: Readonly<Record<string, string>> = {
  a: String.raw`\x07`,
  f: String.raw`\f`,
  n: String.raw`\n`,
  r: String.raw`\r`,
  t: String.raw`\t`,
  v: String.raw`\v`,
};
const ASSERTIONS: Readonly<Record<string, string>> = {
  A: String.raw`(?<![\s\S])`,
  z: String.raw`(?![\s\S])`,
  b: String.raw`\b`,
  B: String.raw`\B`,
};
/** `\d`, `\w` and `\s` of RE2 know ASCII only. */
const KINDS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: String.raw`\t\n\f\r `,
};

function translateLetter(letter: string, place: Place): string {
  const assertion = ASSERTIONS[letter];
  if (assertion !== undefined && place === 'outside') return assertion;
  const kind = KINDS[letter];
  if (kind !== undefined) return place === 'inside' ? kind : `[${kind}]`;
  const refusedKind = KINDS[letter.toLowerCase()];
  if (refusedKind !== undefined && place === 'outside') return `[^${refusedKind}]`;
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  if (/\w/.test(letter)) throw unsupported(`\\${letter}`);
  return escapeText(letter);
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: String.raw`\x00-\x7f`,
  blank: String.raw`\t `,
  cntrl: String.raw`\x00-\x1f\x7f`,
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: String.raw`!-\/:-@\[-\x60\{-~`,
  space: String.raw`\t\n\v\f\r `,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

function translatePosix(name: string): string {
  const members = POSIX[name];
  if (members === undefined) throw unsupported(`[:${name}:]`);
  return members;
}

/** `\pN`, `\p{Greek}`, `\p{^Greek}`: a general category, or else a script. */
function translateProperty(property: string): string {
  const [, sign = 'p', negation = '', name = ''] = /^\\([pP])\{?(\^?)(\w+)\}?$/.exec(property) ?? [];
  const isNegated = (sign === 'P') !== (negation === '^');
  const key = /^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`;
  return `\\${isNegated ? 'P' : 'p'}{${key}}`;
}

function escapeText(text: string): string {
  return text.replaceAll(
    /[^0-9A-Za-z_]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function unsupported(syntax: string): Error {
  return new Error(`the RE2 syntax ${syntax} has no counterpart in a JavaScript regular expression`);
}
