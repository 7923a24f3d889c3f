/** What a line says, as far as it is shown to people. All of it came over a port, so nothing is believed. */
type Fields = Readonly<Record<string, unknown>>;

const COLORS: Readonly<Record<string, number>> = {
  allow: 32,
  within: 32,
  near: 33,
  shadow_deny: 33,
  shadow_over: 33,
  deny: 31,
  over: 31,
};

const TIME_START = 11;
const TIME_END = 23;
const VERDICT_WIDTH = 11;
/** C0, DEL and C1: what a client sends must not steer a terminal. */
const CONTROL = /\p{Cc}/gu;

/** One line of JSON as people read it: time, what was decided, of whom, why. Lines that are no decision stay as they are. */
export function tapLine(json: string, isColored: boolean): string {
  const fields = parse(json);
  if (fields === undefined) return clean(json);
  if (fields['msg'] === 'dropped') return `... ${textOf(fields, 'lines')} lines left out: too many at once`;
  const decision = textOf(fields, 'decision');
  const padded = decision.padEnd(VERDICT_WIDTH);
  const color = isColored ? COLORS[decision] : undefined;
  const verdict = color === undefined ? padded : `\u001b[${color}m${padded}\u001b[0m`;
  const words = fields['service'] === 'rate-limiter' ? limitWords(fields) : checkWords(fields);
  return `${textOf(fields, 'time').slice(TIME_START, TIME_END)}  ${verdict}  ${words.filter((word) => word !== '').join('  ')}`;
}

function checkWords(fields: Fields): readonly string[] {
  return [
    `${textOf(fields, 'method')} ${textOf(fields, 'path')}`,
    textOf(fields, 'target'),
    named('policy', fields),
    textOf(fields, 'reason'),
    textOf(fields, 'status'),
    named('principal', fields),
    named('key_id', fields),
    named('revision', fields),
  ];
}

function limitWords(fields: Fields): readonly string[] {
  const entries = fields['entries'];
  const of = typeof entries === 'object' && entries !== null ? Object.entries(entries) : [];
  return [
    textOf(fields, 'limit'),
    named('used', fields),
    ...of.map(([key, value]) => clean(`${key}=${String(value)}`)),
  ];
}

function named(name: string, fields: Fields): string {
  const text = textOf(fields, name);
  return text === '' ? '' : `${name}=${text}`;
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' || typeof value === 'number' ? clean(String(value)) : '';
}

function clean(text: string): string {
  return text.replaceAll(CONTROL, '?');
}

function parse(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    // Shown as it is.
    return undefined;
  }
}
