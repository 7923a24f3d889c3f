import { isTimeZone } from '../names/is-time-zone.ts';
import type { Reader } from './reader.ts';
import { format } from './scalars.ts';
import { didYouMean } from './suggest.ts';

/** A time zone by its name. */
export const timeZone: Reader<string> = format({
  code: 'PM2114',
  expected: 'a time zone of the IANA database, such as Asia/Shanghai or UTC',
  parse: (typed) => (isTimeZone(typed) ? typed : undefined),
  hint: (typed) => didYouMean(typed, Intl.supportedValuesOf('timeZone')),
});
