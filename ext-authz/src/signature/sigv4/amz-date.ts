const AMZ_DATE = /^([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z$/;

/** Unix milliseconds of `yyyyMMddTHHmmssZ`; undefined for any other text and for days that no calendar has. */
export function parseAmzDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = AMZ_DATE.exec(text) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date takes the 30th of February for a day of March.
  return !Number.isNaN(ms) && amzDateText(ms) === text ? ms : undefined;
}

/** A moment, in Unix milliseconds, as the x-amz-date header has it. */
export function amzDateText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
