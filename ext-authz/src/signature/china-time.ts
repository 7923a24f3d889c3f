import { parseUtc } from './parse-utc.ts';

/** How a provider writes a moment: `yyyy-MM-dd HH:mm:ss` or `yyyyMMddHHmmss`. Both are of UTC+8, all year. */
export type ChinaTimeFormat = 'dashed' | 'digits';

const FORMATS: Readonly<Record<ChinaTimeFormat, RegExp>> = {
  dashed: /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/,
  digits: /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/,
};
const OFFSET_MS = 8 * 3_600_000;

/** Unix milliseconds of a moment written in China; undefined for another form or a day that does not exist. */
export function parseChinaTime(text: string, format: ChinaTimeFormat): number | undefined {
  const [, year, month, day, hour, minute, second] = FORMATS[format].exec(text) ?? [];
  const utcMs = parseUtc(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  return utcMs === undefined ? undefined : utcMs - OFFSET_MS;
}

/** The other way round, in whole seconds. */
export function formatChinaTime(unixMs: number, format: ChinaTimeFormat): string {
  const text = new Date(unixMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
  return format === 'dashed' ? text : text.replaceAll(/[^0-9]/g, '');
}
