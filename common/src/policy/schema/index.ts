export { entries, list, textMap } from './collections.ts';
export {
  cidr,
  endpoint,
  headerSelector,
  hostAddress,
  keySetRef,
  name,
  port,
  selector,
  serviceRef,
} from './names.ts';
export {
  childPath,
  type FieldsOf,
  object,
  optional,
  type PresentField,
  refuse,
  required,
  warn,
  withDefault,
} from './object.ts';
export { type ReadConfig, readConfig } from './read-config.ts';
export {
  checked,
  mapped,
  markPosition,
  type Place,
  quote,
  type ReadContext,
  type Reader,
  report,
  reportKey,
} from './reader.ts';
export { anything, boolean, format, integer, number, numberAmong, oneOf, text } from './scalars.ts';
export { didYouMean, suggest } from './suggest.ts';
export { targetedFields } from './targeted.ts';
export { timeZone } from './time-zone.ts';
export { unionByKey, unionByWord } from './union.ts';
export { duration, rate, size, time } from './units.ts';
