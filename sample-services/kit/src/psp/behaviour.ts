import { accept, isObject, type Parsed, refuse } from '../parsed.ts';

/** How a simulated provider misbehaves. Everything off by default. */
export interface Behaviour {
  /** Answers of charges are held back so long, at `delayPercent` of them. */
  readonly delayMs: number;
  readonly delayPercent: number;
  /** Share of charges answered with `errorStatus`. */
  readonly errorPercent: number;
  readonly errorStatus: number;
  /** Charge first, then answer the error. Default false: an error means nothing was charged. */
  readonly errorAfterCommit: boolean;
  /** Charge, then cut the connection without an answer. */
  readonly dropAfterCommit: boolean;
  /** Share of charges that the merchant is told nothing of: it has to ask. */
  readonly unnotifiedPercent: number;
  /** The same for queries. */
  readonly queryDelayMs: number;
  readonly queryDelayPercent: number;
  readonly queryErrorPercent: number;
  /** Which requests are hit; the same seed hits the same ones. */
  readonly seed: number;
}

/** A provider that does its work. */
export const GOOD_BEHAVIOUR: Behaviour = {
  delayMs: 0,
  delayPercent: 100,
  errorPercent: 0,
  errorStatus: 503,
  errorAfterCommit: false,
  dropAfterCommit: false,
  unnotifiedPercent: 0,
  queryDelayMs: 0,
  queryDelayPercent: 100,
  queryErrorPercent: 0,
  seed: 1,
};

/** Bounds of the numbers, from lowest to highest. Ten seconds is the longest that a charge may be in flight. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  delayMs: [0, 10_000],
  delayPercent: [0, 100],
  errorPercent: [0, 100],
  errorStatus: [400, 599],
  unnotifiedPercent: [0, 100],
  queryDelayMs: [0, 10_000],
  queryDelayPercent: [0, 100],
  queryErrorPercent: [0, 100],
  seed: [0, 1_000_000],
};

/** Reads a behaviour; what is left out is good behaviour, so `{}` ends all misbehaving. */
export function parseBehaviour(value: unknown): Parsed<Behaviour> {
  if (!isObject(value)) return refuse('a behaviour must be an object');
  for (const [name, given] of Object.entries(value)) {
    const wrong = checkField(name, given);
    if (wrong !== undefined) return refuse(wrong);
  }
  return accept({ ...GOOD_BEHAVIOUR, ...value });
}

function checkField(name: string, given: unknown): string | undefined {
  if (!Object.hasOwn(GOOD_BEHAVIOUR, name)) {
    return `unknown field "${name}"; known are ${Object.keys(GOOD_BEHAVIOUR).join(', ')}`;
  }
  const bounds = BOUNDS[name];
  if (bounds === undefined) return typeof given === 'boolean' ? undefined : `${name} must be true or false`;
  const [lowest, highest] = bounds;
  const isInside =
    typeof given === 'number' && Number.isInteger(given) && given >= lowest && given <= highest;
  return isInside ? undefined : `${name} must be a whole number from ${lowest} to ${highest}`;
}
