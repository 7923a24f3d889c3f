import { parseUtc } from '../parse-utc.ts';

/** Unix milliseconds, until the year 2286. */
const EPOCH = /^[0-9]{13}$/;
/** ISO 8601 with an offset: without one a time could be that of any place, and could hide a part of the body. */
const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const MAX_OFFSET_HOURS = 18;
const MINUTE_MS = 60_000;

/** Reads Request-Time in Unix milliseconds; undefined when it is of neither form. */
export function parseTime(text: string): number | undefined {
  if (EPOCH.test(text)) return Number(text);
  const [, local = '', fraction = '', sign = '+', hours = '0', minutes = '0'] = ISO.exec(text) ?? [];
  const localMs = parseUtc(local);
  if (localMs === undefined || Number(hours) > MAX_OFFSET_HOURS || Number(minutes) >= 60) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  return localMs + Math.floor(Number(`0${fraction}`) * 1_000) - (sign === '-' ? -offsetMs : offsetMs);
}
