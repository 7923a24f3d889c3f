import type { Finding } from '@paymesh/common/policy';

/** What can be wrong in an envoyproxy/ratelimit file. A code keeps its meaning for ever. RL1: shape. RL2: values. RL3: what never holds. */
export type RatelimitCode =
  /** The file is not YAML. */
  | 'RL1001'
  /** More than one document in a file. */
  | 'RL1002'
  /** A map, a list or a text was expected and something else stands there. */
  | 'RL1003'
  /** The key is not one of envoyproxy/ratelimit. */
  | 'RL1004'
  /** The key is known, but not at this place: envoyproxy/ratelimit would silently ignore it. */
  | 'RL1005'
  /** A key of a map is not text. */
  | 'RL1006'
  /** A key stands twice in one map. */
  | 'RL1007'
  /** Too deep, or too much after its aliases are written out. */
  | 'RL1008'
  /** No domain, or an empty one. */
  | 'RL2001'
  /** Two files with one domain. */
  | 'RL2002'
  /** A descriptor without a key. */
  | 'RL2003'
  /** Two siblings with the same key and value. */
  | 'RL2004'
  /** Not a unit of time. */
  | 'RL2005'
  /** A unit beside `unlimited: true`. */
  | 'RL2006'
  /** A `replaces` entry without a name. */
  | 'RL2007'
  /** A rule that replaces itself. */
  | 'RL2008'
  /** `share_threshold` without a wildcard. */
  | 'RL2009'
  /** A number with a fraction, where a text is read as it is written. */
  | 'RL2010'
  /** Not a whole number of 32 bits. */
  | 'RL2011'
  /** Neither true nor false. */
  | 'RL2012'
  /** No `requests_per_unit`: nothing passes. */
  | 'RL2013'
  /** Two limits of one descriptor that measure alike: they would share a counter. */
  | 'RL2014'
  /** A key that says nothing beside the others of its `rate_limit`. */
  | 'RL2015'
  /** Not one of the words of this key. */
  | 'RL2016'
  /** Not a time zone of the IANA database. */
  | 'RL2017'
  /** A time that is none of a calendar, or longer than a year. */
  | 'RL2018'
  /** More than a token bucket of so long a time can hold. */
  | 'RL2019'
  /** A number outside of its range. */
  | 'RL2020'
  /** Policies in the folder of a limiter that has them from a control plane. */
  | 'RL2021'
  /** A descriptor that can never match: an earlier one takes all that it would. */
  | 'RL3001'
  /** Descriptors that do not hold for a value which has its own limit and none below. */
  | 'RL3002'
  /** `replaces` a name that no rate_limit of the domain has. */
  | 'RL3003';

const WARNINGS: ReadonlySet<RatelimitCode> = new Set<RatelimitCode>(['RL2013', 'RL3001', 'RL3002', 'RL3003']);

/** How bad a finding of this code is. */
export function severityOf(code: RatelimitCode): Finding['severity'] {
  return WARNINGS.has(code) ? 'warning' : 'error';
}
